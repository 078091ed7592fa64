// SPDX-License-Identifier: Apache-2.0
// Where hooks run and what they find there.
import assert from 'node:assert/strict'
import { chmodSync, readlinkSync, writeFileSync } from 'node:fs'
import { withCapabilities } from '../../harness/base-config.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import { processesOf } from '../../harness/host-snapshot.ts'
import { append, type JsonObject } from '../../harness/json.ts'
import { kernel } from '../../harness/requires.ts'
import { until } from '../../harness/until.ts'
import { type Hooks, hookedBundle, KINDS, notes, readNote, shellHook, wholeLife } from './hooked-bundle.ts'

const it = casesOf('hooks')
/** Script that copies a file of the hook's own process; the pid may mean nothing to the procfs that is there. */
const ownFile = (name: string, to: string) => `exec 9</proc/self/${name}; tr '\\0' '\\n' <&9 >${to}; exec 9<&-; `
const linesOf = (text: string) => text.split('\n').slice(0, -1)

for (const kind of KINDS) {
  it(`passes arguments and environment to a ${kind} hook exactly`, async (c) => {
    const script = ownFile('environ', notes(c, 'env')) + ownFile('cmdline', notes(c, 'args'))
    const env = ['PATH=/usr/bin:/bin', 'EMPTY=', 'B=two words=x']
    const args = ['sh', '-c', script, 'an argument', '']
    await wholeLife(c, hookedBundle(c, { [kind]: [{ path: '/bin/sh', args, env }] }))
    assert.deepEqual(linesOf(readNote(c, 'env')), env)
    assert.deepEqual(linesOf(readNote(c, 'args')), args)
  })

  it(`starts a ${kind} hook with no other descriptor than 0, 1 and 2, and with default signals`, async (c) => {
    const listing = 'fd=0; while [ $fd -lt 60 ]; do [ -e /proc/self/fd/$fd ] && echo $fd; fd=$((fd+1)); done'
    const script = `exec >${notes(c, 'fds')}; ${listing}; grep -E '^Sig(Blk|Ign)' /proc/self/status >${notes(c, 'signals')}`
    const bundle = hookedBundle(c, { [kind]: [shellHook(c, script)] })
    const wrapper = c.wrapper('leak', '30')
    await c.succeed(['create', '--bundle', bundle.path, c.id()], { wrapper })
    await c.succeed(['start', c.id()], { wrapper })
    await c.kill()
    await c.succeed(['delete', c.id()], { wrapper })
    assert.deepEqual(linesOf(readNote(c, 'fds')), ['0', '1', '2'])
    const masks = readNote(c, 'signals').match(/[0-9a-f]{16}/g) ?? []
    // Some shells ignore SIGQUIT by themselves.
    assert.deepEqual(
      masks.map((mask) => BigInt(`0x${mask}`) & ~0b100n),
      [0n, 0n],
    )
  })
}

it('runs hooks in the namespaces of their kind', async (c) => {
  const types = ['mnt', 'uts', 'ipc', 'net', 'pid']
  const hooks: Hooks = {}
  const links = types.map((type) => `/proc/self/ns/${type}`)
  for (const kind of KINDS)
    hooks[kind] = [shellHook(c, `for link in ${links.join(' ')}; do readlink $link; done >${notes(c, kind)}`)]
  await c.createAndStart(hookedBundle(c, hooks))
  const pid = await c.pid()
  const of = (owner: string | number) => types.map((type) => readlinkSync(`/proc/${owner}/ns/${type}`))
  const container = of(pid)
  await c.kill()
  await c.succeed(['delete', c.id()])
  const expected = { prestart: of('self'), createRuntime: of('self'), createContainer: container }
  const later = { startContainer: container, poststart: of('self'), poststop: of('self') }
  const found = Object.fromEntries(KINDS.map((kind) => [kind, linesOf(readNote(c, kind))]))
  assert.deepEqual(found, { ...expected, ...later })
})

it('runs createContainer hooks in the host tree, with the mounts of the container in its root filesystem', async (c) => {
  const script = `pwd >${notes(c, 'cwd')}; cat /proc/self/cgroup >${notes(c, 'cgroup')}; ls rootfs dev/shm >/dev/null 2>&1;
    grep -E '^(Uid|Seccomp|NoNewPrivs):' /proc/self/status >${notes(c, 'status')}; cp "$0" ${notes(c, 'config')}; ls dev >${notes(c, 'dev')}`
  const bundle = hookedBundle(c, {})
  const hook = shellHook(c, script)
  bundle.change({ hooks: { createContainer: [{ ...hook, args: ['sh', '-c', script, `${bundle.path}/config.json`] }] } })
  bundle.change({ process: { user: { uid: 1000, gid: 1000 } } })
  await c.create(bundle)
  assert.equal(readNote(c, 'cwd'), `${bundle.rootfs}\n`)
  assert.equal(JSON.parse(readNote(c, 'config')).ociVersion, '1.0.2')
  assert.ok(readNote(c, 'dev').includes('mqueue'))
  assert.deepEqual(readNote(c, 'status').replaceAll('\t', ' ').split('\n').slice(0, 3), [
    'Uid: 0 0 0 0',
    'NoNewPrivs: 0',
    'Seccomp: 0',
  ])
  assert.ok(readNote(c, 'cgroup').includes(c.token), readNote(c, 'cgroup'))
})

it('runs startContainer hooks from the root filesystem, as the program runs', async (c) => {
  const rootfs = (path: string) => {
    writeFileSync(`${path}/bin/hook`, '#!/bin/sh\n. "$1"\n')
    chmodSync(`${path}/bin/hook`, 0o755)
  }
  const process = { user: { uid: 1000, gid: 1000 }, cwd: '/tmp', noNewPrivileges: true }
  const seccomp = { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names: ['swapoff'], action: 'SCMP_ACT_ERRNO' }] }
  const bundle = hookedBundle(c, {}, { process, linux: { seccomp } })
  rootfs(bundle.rootfs)
  const script = `pwd >${notes(c, 'cwd')}; hostname >${notes(c, 'name')}; grep -E '^(Uid|Seccomp|NoNewPrivs|CapBnd):' /proc/self/status >${notes(c, 'status')}`
  writeFileSync(notes(c, 'script'), script)
  chmodSync(notes(c, ''), 0o777)
  bundle.change({
    hooks: { startContainer: [{ path: '/bin/hook', args: ['hook', notes(c, 'script')], env: ['PATH=/bin'] }] },
  })
  await wholeLife(c, bundle)
  assert.equal(readNote(c, 'cwd'), '/tmp\n')
  assert.equal(readNote(c, 'name'), 'conformance\n')
  const status = readNote(c, 'status').replaceAll('\t', ' ')
  for (const line of ['Uid: 1000 1000 1000 1000', 'NoNewPrivs: 1', 'Seccomp: 2', 'CapBnd: 0000000020000420'])
    assert.ok(status.includes(line), status)
})

it('runs the hooks of a container with a user namespace inside that namespace', async (c) => {
  const map = [{ containerID: 0, hostID: 100000, size: 65536 }]
  const script = (kind: string) => `cat /proc/self/uid_map >${notes(c, kind)}`
  const hooks = Object.fromEntries(KINDS.map((kind) => [kind, [shellHook(c, script(kind))]]))
  const bundle = hookedBundle(c, hooks, {
    linux: { namespaces: append({ type: 'user' }), uidMappings: map, gidMappings: map },
  })
  chmodSync(notes(c, ''), 0o777)
  await wholeLife(c, bundle)
  const inside = KINDS.filter((kind) => /^\s*0\s+100000\s+65536$/m.test(readNote(c, kind)))
  assert.deepEqual(inside, ['createContainer', 'startContainer'])
  for (const kind of KINDS) assert.notEqual(readNote(c, kind), '', kind)
})

/** One for which the setup makes a user namespace, where the kernel maps ids of a tmpfs. */
function mountOfMappedIds(): JsonObject[] {
  if (kernel(6, 3)() !== undefined) return []
  const map = [{ containerID: 0, hostID: 5000, size: 10 }]
  return [{ destination: '/mapped', type: 'tmpfs', source: 'tmpfs', uidMappings: map, gidMappings: map }]
}

it('keeps what the setup held open from a startContainer hook that may look into other processes', async (c) => {
  const script = `i=0; while [ $i -lt 60 ]; do readlink /proc/1/fd/$i; i=$((i+1)); done >${notes(c, 'fds')}`
  const bundle = hookedBundle(c, { startContainer: [shellHook(c, script)] }).probe('exit', '0')
  bundle.change({
    process: withCapabilities('CAP_SYS_PTRACE', 'CAP_DAC_OVERRIDE'),
    mounts: append(...mountOfMappedIds()),
  })
  await c.succeed(['run', '--bundle', bundle.path, c.id()])
  const targets = linesOf(readNote(c, 'fds'))
  const held = targets.filter((target) => target.startsWith('/'))
  assert.ok(!targets.some((target) => target.startsWith('user:')), targets.join(' '))
  // Only the stdio of the call itself has paths.
  assert.deepEqual(
    held.filter((target) => !target.startsWith(`${c.directory}/calls/`) && target !== '/dev/null'),
    [],
  )
  assert.ok(held.length > 0)
})

it('gives a startContainer hook without an environment that of the program', async (c) => {
  const script = ownFile('environ', notes(c, 'env'))
  const bundle = hookedBundle(c, { startContainer: [{ path: '/bin/sh', args: ['sh', '-c', script] }] })
  bundle.change({ process: { env: ['PATH=/bin', 'MINE=1'] } })
  await wholeLife(c, bundle)
  assert.ok(readNote(c, 'env').includes('MINE=1\n'))
})

for (const kind of KINDS) {
  it(`does not wait for what a ${kind} hook leaves running, even with its pipes open`, async (c) => {
    const left = () => readNote(c, 'left').trim()
    await wholeLife(c, hookedBundle(c, { [kind]: [shellHook(c, `sleep 1000 & echo $! >${notes(c, 'left')}`)] }))
    assert.match(left(), /^\d+$/)
    // On the host it is nobody's business; in the container it ended with it.
    if (!kind.endsWith('Container')) process.kill(Number(left()), 'SIGKILL')
    await until('the end of what was left', () => processesOf(c.token).length === 0)
  })
}
