// SPDX-License-Identifier: Apache-2.0
// Where the container's cgroup is, whose it is and what the container sees of it.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { namespaces, userNamespace } from '../../harness/base-config.ts'
import { cgroupDirectoryOf, cgroupMounts, isPureV2 } from '../../harness/cgroup-files.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { cgroupsOf, processesOf } from '../../harness/host-snapshot.ts'
import { append, type JsonObject } from '../../harness/json.ts'
import { killEverywhere } from '../../harness/kill-everywhere.ts'
import { cgroupV1, cgroupV2, controller } from '../../harness/requires.ts'

const it = casesOf('cgroups')
const CONTROLLER = 'memory'

async function placeOf(c: Case, cgroupsPath: string, id = c.id()): Promise<string> {
  await c.create(c.bundle({ linux: { cgroupsPath } }).probe('wait'), id)
  const mount = cgroupMounts().find((each) => each.controllers.includes(CONTROLLER) || isPureV2())
  return cgroupDirectoryOf(await c.pid(id), CONTROLLER).slice(mount?.path.length)
}

for (const [written, expected] of [
  ['/TOKEN/', '/TOKEN'],
  ['//TOKEN///of//it', '/TOKEN/of/it'],
  ['/TOKEN/./of/it/.', '/TOKEN/of/it'],
  ['/TOKEN:a:b', '/TOKEN:a:b'],
  ['/TOKEN with a space', '/TOKEN with a space'],
  ['/TOKEN-ünï', '/TOKEN-ünï'],
] as const) {
  it(`takes the cgroupsPath ${written}`, async (c) => {
    c.keepsEmptyCgroups = true
    assert.equal(await placeOf(c, written.replace('TOKEN', c.token)), expected.replace('TOKEN', c.token))
  })
}

for (const [sentence, cgroupsPath] of [
  ['leads out of the hierarchy', '/TOKEN/../../../..'],
  ['is the root', '/'],
  ['goes back up', '/TOKEN/of/../it'],
  ['names a file of a cgroup', '/cgroup.procs/TOKEN'],
  ['has a newline', '/TOKEN\nb'],
] as const) {
  it(`refuses a cgroupsPath that ${sentence}`, async (c) => {
    await c.refuses(c.bundle({ linux: { cgroupsPath: cgroupsPath.replace('TOKEN', c.token) } }), /cgroup/)
  })
}

it('removes the parents that it made for a cgroupsPath once they are empty', async (c) => {
  await placeOf(c, `/${c.token}/parent/child`)
  for (const parent of cgroupsOf(c.token).filter((path) => path.endsWith('/parent'))) {
    mkdirSync(join(parent, 'somebody'))
  }
  await c.succeed(['delete', '--force', c.id()])
  const kept = cgroupsOf(c.token).filter((path) => path.endsWith('/somebody'))
  assert.ok(kept.length > 0)
  for (const path of kept) for (const up of ['', '..', '../..']) rmdirSync(join(path, up))

  await placeOf(c, `/${c.token}/parent/child`)
  await c.succeed(['delete', '--force', c.id()])
  c.assertNothingLeft()
})

it(
  'leaves no parents of a cgroupsPath when it fails',
  async (c) => {
    const linux = { cgroupsPath: `/${c.token}/parent/child`, resources: { cpu: { cpus: '1000' } } }
    await c.refuses(c.bundle({ linux }), /cpuset\.cpus/)
  },
  { requires: [controller('cpuset')] },
)

it('is cleaned up by delete by force wherever create was killed, parents and limits included', async (c) => {
  const linux = {
    cgroupsPath: `/${c.token}/parent/child`,
    resources: { pids: { limit: 99 }, memory: { limit: 67108864 } },
  }
  await killEverywhere(c, 'create', c.bundle({ linux }).probe('wait'), { untilMs: 40, stepMs: 2 })
})

it('takes over a cgroup whose container has stopped', async (c) => {
  const cgroupsPath = `/${c.token}`
  const first = c.bundle({ linux: { cgroupsPath } }).probe('exit', '0')
  await c.createAndStart(first)
  await c.stopped()
  await placeOf(c, cgroupsPath, c.id('second'))
  const [pid] = [await c.pid(c.id('second'))]
  assert.ok(processesOf(c.token).includes(pid))
  await c.succeed(['delete', '--force', c.id('second')])
  await c.succeed(['delete', c.id()])
  c.assertNothingLeft()
})

const readWrite = {
  destination: '/sys/fs/cgroup',
  type: 'cgroup',
  source: 'cgroup',
  options: ['nosuid', 'noexec', 'nodev', 'relatime'],
}
const types = ['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup']
const withCgroupNamespace = namespaces(...types)

/** The files of the container's cgroup that belong to this uid, `.` for the directory itself. */
function ownedBy(directory: string, uid: number): string[] {
  return ['.', ...readdirSync(directory)].filter((name) => statSync(join(directory, name)).uid === uid).sort()
}

for (const [sentence, linux, uid, owner] of [
  ['root of its user namespace', userNamespace(types), 0, 100000],
  ['the user of its process', { namespaces: withCgroupNamespace }, 4242, 4242],
] as [string, JsonObject, number, number][]) {
  it(
    `gives a writable cgroup to ${sentence}`,
    async (c) => {
      const bundle = c.bundle({ mounts: append(readWrite), linux, process: { user: { uid, gid: 0 } } })
      await c.create(bundle.probe('wait'))
      const directory = cgroupDirectoryOf(await c.pid(), CONTROLLER)
      const listed = readFileSync('/sys/kernel/cgroup/delegate', 'utf8').trim().split('\n')
      const expected = ['.', ...listed.filter((name) => existsSync(join(directory, name)))]
      assert.deepEqual(ownedBy(directory, owner), expected.sort())
    },
    { requires: [cgroupV2] },
  )
}

for (const [sentence, changes] of [
  [
    'read-only cgroup',
    { mounts: append({ ...readWrite, options: ['ro'] }), linux: { namespaces: withCgroupNamespace } },
  ],
  ['cgroup without a cgroup namespace', { mounts: append(readWrite) }],
  ['cgroup that is not mounted', { linux: { namespaces: withCgroupNamespace } }],
] as const) {
  it(
    `gives away no ${sentence}`,
    async (c) => {
      await c.create(c.bundle({ ...changes, process: { user: { uid: 4242, gid: 0 } } }).probe('wait'))
      assert.deepEqual(ownedBy(cgroupDirectoryOf(await c.pid(), CONTROLLER), 4242), [])
    },
    { requires: [cgroupV2] },
  )
}

it(
  'lets a container with a user namespace make cgroups and move into them',
  async (c) => {
    const script =
      'cd /sys/fs/cgroup && busybox mkdir own && echo 1 >own/cgroup.procs && busybox cat own/cgroup.procs && echo moved'
    const linux = userNamespace(types)
    const bundle = c.bundle(
      { mounts: append(readWrite), linux, process: { args: ['sh', '-c', script] } },
      { busybox: true },
    )
    const call = await c.succeed(['run', '--bundle', bundle.path, c.id()])
    assert.match(call.stdout, /^1\n(\d+\n)?moved\n$/)
    c.assertNothingLeft()
  },
  { requires: [cgroupV2] },
)

it(
  "keeps the options of the host's cgroup mount",
  async (c) => {
    const options = () =>
      readFileSync('/proc/self/mountinfo', 'utf8')
        .split('\n')
        .find((line) => line.includes(' - cgroup2 '))
    const before = options()
    await c.report(c.bundle({ mounts: append(readWrite) }), ['ids'])
    assert.equal(options(), before)
  },
  { requires: [cgroupV2] },
)

it(
  'enables the controllers that a limit needs in every parent',
  async (c) => {
    const cgroupsPath = `/${c.token}/deep/er`
    await c.create(
      c
        .bundle({ linux: { cgroupsPath, resources: { memory: { limit: 67108864 }, pids: { limit: 9 } } } })
        .probe('wait'),
    )
    const directory = cgroupDirectoryOf(await c.pid(), CONTROLLER)
    for (const up of ['..', '../..']) {
      assert.match(readFileSync(join(directory, up, 'cgroup.subtree_control'), 'utf8'), /\bmemory\b.*\bpids\b/)
    }
  },
  { requires: [cgroupV2, controller('memory'), controller('pids')] },
)

/** A cgroup of v2 that has a process of its own, that of a container `holder`. */
async function occupied(c: Case): Promise<string> {
  const parent = join('/sys/fs/cgroup', c.token)
  mkdirSync(parent)
  await c.createAndStart(c.bundle({ linux: { cgroupsPath: `/${c.token}x` } }).probe('wait'), c.id('holder'))
  writeFileSync(join(parent, 'cgroup.procs'), String(await c.pid(c.id('holder'))))
  return parent
}

it(
  'sets limits that threads can have below a cgroup with processes of its own',
  async (c) => {
    const parent = await occupied(c)
    const linux = { cgroupsPath: `/${c.token}/child`, resources: { pids: { limit: 9 } } }
    await c.createAndStart(c.bundle({ linux }).probe('wait'))
    assert.equal(readFileSync(join(parent, 'child', 'pids.max'), 'utf8'), '9\n')
    assert.equal(readFileSync(join(parent, 'child', 'cgroup.type'), 'utf8'), 'threaded\n')
    await c.succeed(['delete', '--force', c.id()])
    await c.succeed(['delete', '--force', c.id('holder')])
    rmdirSync(parent)
  },
  { requires: [cgroupV2, controller('pids')] },
)

it(
  'says why a cgroup with processes of its own gives no controllers to those below it',
  async (c) => {
    const parent = await occupied(c)
    const linux = { cgroupsPath: `/${c.token}/child`, resources: { memory: { limit: 67108864 } } }
    await c.fail(
      ['run', '--bundle', c.bundle({ linux }).path, c.id()],
      [/has processes of its own and so cannot give memory/],
    )
    assert.equal(existsSync(join(parent, 'child')), false)
    await c.succeed(['delete', '--force', c.id('holder')])
    rmdirSync(parent)
  },
  { requires: [cgroupV2] },
)

it(
  'refuses memory limits below a threaded cgroup',
  async (c) => {
    const parent = join('/sys/fs/cgroup', c.token)
    mkdirSync(join(parent, 'threaded'), { recursive: true })
    writeFileSync(join(parent, 'threaded', 'cgroup.type'), 'threaded')
    const linux = { cgroupsPath: `/${c.token}/threaded/child`, resources: { memory: { limit: 67108864 } } }
    await c.fail(
      ['run', '--bundle', c.bundle({ linux }).path, c.id()],
      [/cannot enter cgroupv2 .* with domain controllers/],
    )
    assert.equal(existsSync(join(parent, 'threaded', 'child')), false)
    for (const name of ['threaded', '']) rmdirSync(join(parent, name))
  },
  { requires: [cgroupV2] },
)

for (const version of [1, 2]) {
  it(
    `refuses a cgroup of v${version} whose parent is frozen, and leaves it as it was`,
    async (c) => {
      const parent = join(version === 1 ? '/sys/fs/cgroup/freezer' : '/sys/fs/cgroup', c.token)
      const [file, on, off] = version === 1 ? ['freezer.state', 'FROZEN', 'THAWED'] : ['cgroup.freeze', '1', '0']
      mkdirSync(parent)
      writeFileSync(join(parent, file ?? ''), on ?? '')
      const bundle = c.bundle({ linux: { cgroupsPath: `/${c.token}/child` } }).probe('exit', '0')
      await c.fail(['create', '--bundle', bundle.path, c.id()], ["container's cgroup unexpectedly frozen"])
      assert.deepEqual(processesOf(c.token), [])
      assert.deepEqual(cgroupsOf(c.token), [parent])
      writeFileSync(join(parent, file ?? ''), off ?? '')
      rmdirSync(parent)
    },
    { requires: [version === 1 ? cgroupV1 : cgroupV2] },
  )
}
