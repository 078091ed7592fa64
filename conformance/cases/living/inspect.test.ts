// SPDX-License-Identifier: Apache-2.0
// `inspect` is runts' own.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { namespaces, userNamespace, withCapabilities } from '../../harness/base-config.ts'
import { cgroupDirectoryOf, isPureV2 } from '../../harness/cgroup-files.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { holdNamespaces, type namespaceFiles, namespaceInode, namespaceTypes } from '../../harness/held-namespaces.ts'
import { append } from '../../harness/json.ts'
import { actAsUser, rootlessNeeds } from '../../harness/ordinary-user.ts'
import { controller, offers } from '../../harness/requires.ts'
import { until } from '../../harness/until.ts'

const it = casesOf('living', { requires: [offers('inspect')] })

interface Namespace {
  type: keyof typeof namespaceFiles
  inode: number
  relation: string
  containers?: string[]
  path?: string
}

async function inspect(c: Case, id = c.id()) {
  return JSON.parse((await c.succeed(['inspect', '--format', 'json', id])).stdout)
}

async function namespace(c: Case, type: string, id = c.id()): Promise<Namespace> {
  const { living } = await inspect(c, id)
  return living.namespaces.find((each: Namespace) => each.type === type)
}

const text = async (c: Case, id = c.id()) => (await c.succeed(['inspect', id])).stdout

it('tells whose each namespace of a container is', async (c) => {
  await c.createAndStart(c.bundle({ linux: { namespaces: namespaces('pid', 'mount', 'uts') } }).probe('wait'))
  const pid = await c.pid()
  const seen: Namespace[] = (await inspect(c)).living.namespaces
  assert.deepEqual(seen.map(({ type }) => type).sort(), namespaceTypes.toSorted())
  for (const { type, inode, relation } of seen) {
    assert.equal(inode, namespaceInode(type, pid), type)
    assert.equal(relation, ['pid', 'mount', 'uts'].includes(type) ? 'private' : 'host', type)
  }
  assert.match(await text(c), /^ +network +\d+ +the host's$/m)
})

it('names the containers that share a namespace', async (c) => {
  const [one, other] = [c.id('one'), c.id('other')]
  await c.createAndStart(c.bundle().probe('wait'), one)
  const path = `/proc/${await c.pid(one)}/ns/net`
  const linux = { namespaces: namespaces('pid', 'mount', 'uts', 'ipc', `network=${path}`) }
  await c.createAndStart(c.bundle({ linux }).probe('wait'), other)
  const inode = namespaceInode('network', await c.pid(one))
  assert.deepEqual(await namespace(c, 'network', one), {
    type: 'network',
    inode,
    relation: 'shared',
    containers: [other],
  })
  assert.deepEqual(await namespace(c, 'network', other), {
    type: 'network',
    inode,
    relation: 'shared',
    containers: [one],
    path,
  })
  assert.equal((await namespace(c, 'ipc', one)).relation, 'private')
  assert.ok((await text(c, other)).includes(`shared with ${one}, joined by ${path}\n`))
  await c.kill(other)
  assert.equal((await namespace(c, 'network', one)).relation, 'private')
})

it('tells the path by which a namespace was joined', async (c) => {
  const held = await holdNamespaces(c, ['network'])
  const path = held.path('network')
  const linux = { namespaces: namespaces('pid', 'mount', 'uts', 'ipc', `network=${path}`) }
  await c.createAndStart(c.bundle({ linux }).probe('wait'))
  const inode = namespaceInode('network', held.pid)
  assert.deepEqual(await namespace(c, 'network'), { type: 'network', inode, relation: 'joined', path })
})

it('shows the mounts as the container sees them', async (c) => {
  writeFileSync(join(c.directory, 'a file'), '')
  const mounts = [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/tmp', type: 'tmpfs', source: 'scratch', options: ['nosuid', 'nodev', 'size=1m'] },
    { destination: '/etc/a file', type: 'bind', source: join(c.directory, 'a file'), options: ['bind', 'ro'] },
  ]
  const maskedPaths = ['/proc/keys', '/proc/acpi']
  const bundle = c.bundle({ root: { readonly: false }, mounts, linux: { maskedPaths, readonlyPaths: ['/proc/sys'] } })
  await c.createAndStart(bundle.probe('wait'))
  const pid = await c.pid()
  const seen = (await inspect(c)).living.mounts
  assert.equal(seen.length, readFileSync(`/proc/${pid}/mountinfo`, 'utf8').trimEnd().split('\n').length)
  const at = (destination: string) =>
    seen.findLast((mount: { destination: string }) => mount.destination === destination)
  assert.deepEqual([at('/tmp').type, at('/tmp').source], ['tmpfs', 'scratch'])
  assert.ok(at('/tmp').options.includes('nodev'))
  assert.ok(at('/tmp').superOptions.includes('size=1024k'))
  assert.ok(at('/etc/a file').root.endsWith('/a file'))
  assert.ok(at('/etc/a file').options.includes('ro'))
  const shown = await text(c)
  assert.match(shown, /^ +\/tmp +tmpfs +scratch +rw,nosuid,nodev/m)
  assert.match(shown, /^masked +\/proc\/keys/m)
  assert.match(shown, /^read-only +\/proc\/sys$/m)
})

it(
  'tells cgroups, limits and usage',
  async (c) => {
    const resources = { memory: { limit: 64 << 20 }, pids: { limit: 50 }, cpu: { quota: 50000, period: 100000 } }
    const bundle = c.bundle({ linux: { cgroupsPath: `/${c.token}`, resources } }).probe('family', '2')
    const call = await c.createAndStart(bundle)
    await call.outputLine('ready')
    const pid = await c.pid()
    const { cgroups, usage, pids } = await inspect(c)
    const name = isPureV2() ? 'unified' : 'memory'
    assert.equal(cgroups[name], cgroupDirectoryOf(pid, 'memory'))
    assert.equal(usage.memory.limit, 64 << 20)
    assert.ok(usage.memory.usage > 0 && usage.memory.usage < 64 << 20)
    assert.deepEqual(usage.pids, { current: 3, limit: 50 })
    assert.equal(usage.cpu.limit, 0.5)
    assert.ok(usage.cpu.usedSeconds > 0)
    assert.deepEqual(pids.length, 3)
    assert.ok(pids.includes(pid))
    assert.match(await text(c), /^ {2}memory +[\d.]+ \w+ of 64 MiB/m)
    assert.match(await text(c), /^ {2}pids +3 of 50$/m)
  },
  { requires: [controller('memory'), controller('pids')] },
)

it('tells privileges as the kernel has them', async (c) => {
  const seccomp = { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names: ['acct'], action: 'SCMP_ACT_ERRNO' }] }
  const process = { ...withCapabilities('CAP_KILL', 'CAP_CHOWN'), noNewPrivileges: true }
  await c.createAndStart(c.bundle({ process, linux: { seccomp } }).probe('wait'))
  const { security } = (await inspect(c)).living
  const both = ['CAP_CHOWN', 'CAP_KILL']
  assert.deepEqual(security.capabilities, {
    bounding: both,
    effective: both,
    permitted: both,
    inheritable: [],
    ambient: [],
  })
  assert.equal(security.noNewPrivileges, true)
  assert.deepEqual(security.seccomp, { mode: 'filter', filters: 1 })
  assert.match(
    await text(c),
    /^capabilities +bounding, effective, permitted: CAP_CHOWN CAP_KILL\n +inheritable, ambient: none$/m,
  )
  assert.match(await text(c), /^seccomp +filter; no_new_privs on$/m)
})

it('tells the mappings of a user namespace, and who the first process is inside and outside', async (c) => {
  const linux = userNamespace()
  await c.createAndStart(c.bundle({ process: { user: { uid: 7, gid: 0 } }, linux }).probe('wait'))
  const { living } = await inspect(c)
  const range = { inside: 0, outside: 100000, size: 65536 }
  assert.deepEqual(living.idMappings, { uid: [range], gid: [range] })
  assert.deepEqual(living.process.user, { inside: 7, outside: 100007 })
  assert.deepEqual(living.process.pidInContainer, 1)
  assert.match(await text(c), /^uids +0-65535 are 100000-165535 here$/m)
})

it('tells what a created container waits for, and what it is made of', async (c) => {
  const poststop = [{ path: '/bin/true' }]
  const bundle = c.bundle({ annotations: { 'org.example.a': 'b' }, hooks: { poststop } }).probe('wait')
  await c.create(bundle)
  const seen = await inspect(c)
  assert.deepEqual([seen.status, seen.sockets], ['created', ['start.sock']])
  assert.deepEqual(seen.hooks, { poststart: [], poststop: ['/bin/true'] })
  assert.deepEqual([seen.bundle, seen.rootfs, seen.annotations], [bundle.path, bundle.rootfs, { 'org.example.a': 'b' }])
  assert.deepEqual(seen.owner, { uid: 0, name: 'root' })
  await c.succeed(['start', c.id()])
  assert.deepEqual(await inspect(c).then(({ status, sockets }) => [status, sockets]), ['running', []])
})

it('tells of a paused container, too', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  await c.succeed(['pause', c.id()])
  const seen = await inspect(c)
  assert.deepEqual([seen.status, seen.living.process.pid], ['paused', await c.pid()])
  assert.match(await text(c), /paused, pid \d+/)
})

it('tells what is left of a container that has ended', async (c) => {
  const linux = { namespaces: namespaces('mount', 'uts', 'ipc', 'network') }
  const call = await c.createAndStart(c.bundle({ linux }).probe('family', '1'))
  await call.outputLine('ready')
  const first = await c.pid()
  process.kill(first, 'SIGKILL')
  await c.stopped()
  const seen = await inspect(c)
  assert.equal(seen.status, 'stopped')
  assert.equal(seen.living, undefined)
  assert.equal(seen.pids.length, 1)
  assert.match(await text(c), new RegExp(`ended, but these are left of the container: ${seen.pids[0]}\n`))
  await c.succeed(['kill', c.id(), 'KILL'])
})

it('never fails while containers come and go', async (c) => {
  const watched = c.start(['run', '--bundle', c.bundle().probe('wait').path, c.id('watched')])
  await watched.call.outputLine('ready')
  const rounds = Array.from({ length: 12 }, (_, i) => c.id(`r${String(i).padStart(2, '0')}`))
  for (const id of rounds) {
    const { call, done } = c.start(['run', '--bundle', c.bundle().probe('exit', '0').path, id])
    for (;;) {
      const seen = await c.runtime(['inspect', id])
      assert.ok(seen.status === 0 || seen.stderr.includes('container does not exist'), String(seen))
      assert.equal((await c.runtime(['inspect', c.id('watched')])).status, 0)
      if (call.status !== null) break
    }
    assert.equal((await done).status, 0)
  }
})

it('shows control characters of a container harmlessly', async (c) => {
  await c.createAndStart(c.bundle().probe('wait', '\u001b[2J\nfaked'))
  assert.match(await text(c), /^process +\/bin\/probe wait \\x1b\[2J\\x0afaked$/m)
})

it('lets no mount of a container make lines of its own', async (c) => {
  const bundle = c.bundle({
    mounts: append({ destination: '/tmp/a\nforged  \u009b', type: 'tmpfs', source: 's\nforged', options: [] }),
  })
  await c.createAndStart(bundle.probe('wait'))
  assert.match(await text(c), /^ +\/tmp\/a\\x0aforged {2}\\x9b +tmpfs +s\\x0aforged /m)
  const json = (await c.succeed(['inspect', '--format', 'json', c.id()])).stdout
  assert.doesNotMatch(json, /\u009b/)
})

it('fits on a screen', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const lines = (await text(c)).trimEnd().split('\n')
  assert.ok(lines.length <= 50, `${lines.length} lines`)
  assert.deepEqual(
    lines.filter((line) => line !== line.trimEnd()),
    [],
  )
})

it('refuses what it cannot inspect', async (c) => {
  await c.fail(['inspect', c.id()], ['container does not exist'])
  assert.match((await c.fail(['inspect'], [/requires exactly 1 argument/])).stdout, /Incorrect Usage/)
  await c.create(c.bundle().probe('wait'))
  await c.fail(['inspect', '--format', 'yaml', c.id()], ['invalid format option: yaml'])
  const record = join(c.root, c.id(), 'state.json')
  const before = readFileSync(record)
  writeFileSync(record, '{"version":1}')
  await c.fail(['inspect', c.id()], ['cannot use', 'delete --force'])
  writeFileSync(record, before)
})

it(
  'tells an ordinary user of his container',
  async (c) => {
    const user = actAsUser(c)
    await c.create(user.bundle().probe('wait'))
    // The waiting process is closed to the user: what can be said is said, and why the rest cannot.
    const created = await inspect(c)
    assert.equal(created.status, 'created')
    assert.ok(
      created.notes.some((note: string) => note.includes('EACCES')),
      String(created.notes),
    )
    await c.succeed(['start', c.id()])
    await until('the program', () => readFileSync(`/proc/${created.living.process.pid}/comm`, 'utf8') === 'probe\n')
    const { living, notes } = await inspect(c)
    assert.deepEqual(notes, [])
    assert.deepEqual(living.idMappings.uid, [{ inside: 0, outside: user.uid, size: 1 }])
    assert.equal(living.namespaces.find((each: Namespace) => each.type === 'user').relation, 'private')
    assert.ok(living.mounts.length > 3)
    assert.match(await text(c), new RegExp(`pid 1 inside, user 0, here ${user.uid} \\(conformance${user.uid}\\)`))
  },
  { requires: rootlessNeeds },
)
