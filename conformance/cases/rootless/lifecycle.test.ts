// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { namespaces } from '../../harness/base-config.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { namespaceFiles, namespaceInode } from '../../harness/held-namespaces.ts'
import { processesOf } from '../../harness/host-snapshot.ts'
import { killEverywhere } from '../../harness/kill-everywhere.ts'
import { actAsUser, OrdinaryUser, rootlessNeeds } from '../../harness/ordinary-user.ts'
import { runtimeName } from '../../harness/places.ts'
import { type RunOptions, startRuntime } from '../../harness/run-runtime.ts'

const it = casesOf('rootless', { requires: rootlessNeeds })

it('writes a bundle with spec that run can run', async (c) => {
  const user = actAsUser(c, { subordinateIds: false })
  const bundle = user.bundle({}, { busybox: true }).writeText('')
  rmSync(join(bundle.path, 'config.json'))
  await c.succeed(['spec', '--rootless', '--bundle', bundle.path])
  const config = JSON.parse(readFileSync(join(bundle.path, 'config.json'), 'utf8'))
  assert.deepEqual(config.linux.uidMappings, [{ containerID: 0, hostID: user.uid, size: 1 }])
  assert.deepEqual(config.linux.gidMappings, [{ containerID: 0, hostID: user.gid, size: 1 }])
  assert.equal(config.linux.resources, undefined)
  config.process.terminal = false
  config.process.args = ['/bin/probe', 'report', 'ids', 'mounts']
  writeFileSync(join(bundle.path, 'config.json'), JSON.stringify(config))
  const { ids, mounts } = JSON.parse((await c.succeed(['run', '--bundle', bundle.path, c.id()])).stdout)
  assert.equal(ids.uid, 0)
  const cgroup = mounts.findLast(({ target }: { target: string }) => target === '/sys/fs/cgroup')
  assert.ok(cgroup.options.includes('ro'), 'the cgroups of the host are covered (CVE-2023-25809)')
})

it('goes through the whole life of a container', async (c) => {
  const user = actAsUser(c)
  const bundle = user.bundle().probe('trap', '15')
  const call = await c.create(bundle)
  assert.equal((await c.state()).status, 'created')
  assert.equal((await c.succeed(['list', '--quiet'])).stdout, `${c.id()}\n`)
  assert.match((await c.succeed(['list'])).stdout, new RegExp(`conformance${user.uid}|#${user.uid}`))
  await c.succeed(['start', c.id()])
  await call.outputLine('ready')
  assert.equal((await c.state()).status, 'running')
  await c.fail(['delete', c.id()], ['that is not stopped: running'])
  await c.succeed(['kill', c.id(), 'TERM'])
  await c.stopped()
  await c.succeed(['delete', c.id()])
  c.assertNothingLeft()
})

it('ends a container whose process has a subordinate id', async (c) => {
  const user = actAsUser(c)
  const bundle = user.bundle({ linux: user.linux(10), process: { user: { uid: 3, gid: 3 } } }).probe('wait')
  await c.createAndStart(bundle)
  assert.equal((await c.state()).status, 'running')
  await c.succeed(['delete', '--force', c.id()])
  c.assertNothingLeft()
})

it('runs hooks as the user', async (c) => {
  const user = actAsUser(c)
  const file = join(user.runtimeDirectory, 'hooks')
  const hook = (name: string) => ({
    path: '/bin/sh',
    args: ['sh', '-c', `echo ${name} $(id -u) $(cat) >>${file}`],
    env: ['PATH=/usr/bin:/bin'],
  })
  const names = ['prestart', 'createRuntime', 'createContainer', 'poststart', 'poststop']
  const bundle = user
    .bundle({ hooks: Object.fromEntries(names.map((name) => [name, [hook(name)]])) })
    .probe('exit', '0')
  await c.succeed(['run', '--bundle', bundle.path, c.id()])
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  assert.deepEqual(
    lines.map((line) => line.split(' ').slice(0, 2)),
    // Inside, the user is root.
    names.map((name) => [name, name === 'createContainer' ? '0' : String(user.uid)]),
  )
  for (const line of lines) assert.ok(line.includes(`"id":"${c.id()}"`), line)
})

it('keeps its state from other ordinary users', async (c) => {
  const user = actAsUser(c)
  await c.create(user.bundle().probe('wait'))
  const other = new OrdinaryUser(c, { uid: user.uid + 1 })
  chownSync(c.root, user.uid, user.gid)
  for (const args of [
    ['state', c.id()],
    ['kill', c.id(), 'KILL'],
    ['delete', '--force', c.id()],
    ['start', c.id()],
  ]) {
    const call = await c.runtime(args, other.options())
    if (args[0] !== 'delete') assert.equal(call.status, 1, String(call))
    assert.ok(!call.stdout.includes('"pid"'), String(call))
  }
  assert.equal((await c.state()).status, 'created')
  assert.equal(lstatSync(join(c.root, c.id())).mode & 0o066, 0)
})

for (const command of ['create', 'run']) {
  it(`is cleaned up by delete by force wherever ${command} was killed`, async (c) => {
    const user = actAsUser(c)
    await c.report(user.bundle(), ['ids'])
    await killEverywhere(c, command, user.bundle({ linux: user.linux(10) }).probe('wait'), { untilMs: 60, stepMs: 4 })
  })
}

it('joins the namespaces of another container of the user', async (c) => {
  const user = actAsUser(c)
  await c.createAndStart(user.bundle().probe('wait'), c.id('pod'))
  const pid = await c.pid(c.id('pod'))
  const joined = (['user', 'network', 'ipc', 'uts'] as const).map(
    (type) => `${type}=/proc/${pid}/ns/${namespaceFiles[type]}`,
  )
  const linux = { namespaces: namespaces('mount', 'pid', ...joined) }
  const report = await c.report(user.bundle({ hostname: undefined, linux }), ['ns', 'ids'])
  for (const type of ['user', 'network', 'ipc', 'uts'] as const) {
    assert.equal(report.ns[namespaceFiles[type]], namespaceInode(type, pid), type)
  }
  assert.deepEqual([report.ids.uid, report.ids.groups], [0, []])
})

for (const [what, around, userNamespace] of [
  ['the root of a user namespace', ['unshare', '--user', '--map-root-user'], false],
  ['the root of a user namespace with mounts of its own', ['unshare', '--user', '--map-root-user', '--mount'], false],
  ['the root of a user namespace, in another one below it', ['unshare', '--user', '--map-root-user', '--mount'], true],
] as const) {
  it(`runs for ${what}`, async (c) => {
    const user = actAsUser(c)
    c.caller = user.options(...around)
    const own = [{ containerID: 0, hostID: 0, size: 1 }]
    const linux = userNamespace
      ? { uidMappings: own, gidMappings: own }
      : {
          namespaces: namespaces('pid', 'network', 'ipc', 'uts', 'mount'),
          uidMappings: undefined,
          gidMappings: undefined,
        }
    const report = await c.report(user.bundle({ linux }), ['ids', 'ns', 'stat:/dev/null'])
    assert.deepEqual([report.ids.uid, report.ids.groups], [0, []])
    assert.equal(report.ns.uidMap.trim().split(/\s+/)[1], String(userNamespace ? 0 : user.uid))
    assert.deepEqual([report['stat:/dev/null']?.major, report['stat:/dev/null']?.minor], [1, 3])
  })
}

function callWithoutRoot(c: Case, options: RunOptions, ...args: string[]) {
  const env = { CONFORMANCE_TOKEN: c.token, ...options.env }
  return startRuntime(join(c.directory, 'calls'), args, { ...options, env }).done
}

it('keeps its state below XDG_RUNTIME_DIR, for the user alone', async (c) => {
  const user = actAsUser(c)
  const bundle = user.bundle().probe('wait')
  const created = await callWithoutRoot(c, c.caller, 'create', '--bundle', bundle.path, c.id())
  assert.equal(created.status, 0, String(created))
  const root = join(user.runtimeDirectory, runtimeName)
  assert.equal(lstatSync(root).mode & 0o7777, 0o1700)
  assert.deepEqual(readdirSync(root), [c.id()])
  const deleted = await callWithoutRoot(c, c.caller, 'delete', '--force', c.id())
  assert.equal(deleted.status, 0, String(deleted))
  assert.deepEqual(readdirSync(root), [])
})

it('says what is missing without XDG_RUNTIME_DIR', async (c) => {
  const user = actAsUser(c)
  const bundle = user.bundle().probe('exit', '0')
  for (const directory of ['', 'relative']) {
    const options = { ...c.caller, env: { ...c.caller.env, XDG_RUNTIME_DIR: directory } }
    const call = await callWithoutRoot(c, options, 'run', '--bundle', bundle.path, c.id())
    assert.equal(call.status, 1, String(call))
    assert.match(call.stderr, /permission denied/)
    assert.ok(!existsSync(join(user.home, 'relative')))
  }
})

it('takes no state directory that somebody else could have made', async (c) => {
  const user = actAsUser(c)
  const other = new OrdinaryUser(c, { uid: user.uid + 1 })
  const bundle = user.bundle().probe('exit', '0')
  const shared = join(c.directory, 'shared')
  mkdirSync(shared, { mode: 0o777 })
  chmodSync(shared, 0o1777)
  const root = join(shared, runtimeName)
  const options = { ...c.caller, env: { ...c.caller.env, XDG_RUNTIME_DIR: shared } }
  const plant = [
    () => other.makeDirectory(root, 0o777),
    () => symlinkSync(user.runtimeDirectory, root),
    () => user.makeDirectory(root, 0o777),
  ]
  for (const act of plant) {
    rmSync(root, { recursive: true, force: true })
    act()
    if (!lstatSync(root).isSymbolicLink()) chmodSync(root, 0o777)
    for (const args of [['run', '--bundle', bundle.path, c.id()], ['list']]) {
      const call = await callWithoutRoot(c, options, ...args)
      assert.equal(call.status, 1, String(call))
      assert.match(call.stderr, /state directory/)
    }
  }
  // As after `su`: the variable is still that of somebody else.
  const env = { ...c.caller.env, XDG_RUNTIME_DIR: other.runtimeDirectory }
  const call = await callWithoutRoot(c, { ...c.caller, env }, 'list')
  assert.equal(call.status, 1, String(call))
  assert.match(call.stderr, /state directory/)
  assert.equal((await callWithoutRoot(c, { ...c.caller, env }, 'features')).status, 0)
  assert.deepEqual(processesOf(c.token), [])
})
