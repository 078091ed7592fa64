// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withCapabilities } from '../../harness/base-config.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import { execFails, execReport, fileReport, pidIn, processFile, startWaiting } from '../../harness/exec.ts'
import type { JsonObject } from '../../harness/json.ts'
import { parseReport } from '../../harness/probe.ts'
import { kernel } from '../../harness/requires.ts'
import { allowAllBut, rule, startAgent } from '../../harness/seccomp.ts'

const it = casesOf('exec')

const CAP_CHOWN = 0
const CAP_NET_RAW = 13

/** What a first process and a later one have in common, by item of the probe. */
const shared = ['ids', 'caps', 'limits', 'nnp', 'oom', 'umask', 'personality', 'scheduler', 'affinity', 'env', 'cwd']

it('gives a process all that the first one has', async (c) => {
  const names = ['CAP_CHOWN', 'CAP_NET_RAW']
  const bundle = c.bundle({
    process: {
      user: { uid: 1000, gid: 1001, additionalGids: [7, 5], umask: 0o027 },
      cwd: '/tmp',
      env: ['PATH=/bin', 'A=b=c', 'HOME=/here'],
      ...withCapabilities(...names),
      rlimits: [
        { type: 'RLIMIT_NOFILE', soft: 300, hard: 400 },
        { type: 'RLIMIT_CORE', soft: 0, hard: 4096 },
        { type: 'RLIMIT_FSIZE', soft: 1 << 20, hard: 1 << 21 },
      ],
      oomScoreAdj: 321,
      noNewPrivileges: true,
      scheduler: { policy: 'SCHED_BATCH', nice: 5 },
      ioPriority: { class: 'IOPRIO_CLASS_BE', priority: 6 },
    },
    linux: { personality: { domain: 'LINUX' } },
  })
  const first = await c.reportAndWait(bundle, shared)
  const later = await execReport(c, shared)
  assert.deepEqual(later, first)
  assert.equal(later.limits.RLIMIT_NOFILE?.soft, '300')
})

it('starts in a session of its own with clean signals and no descriptor but 0, 1 and 2', async (c) => {
  await startWaiting(c)
  const options = { wrapper: c.wrapper('leak', '30') }
  const report = await execReport(c, ['process', 'signals', 'fds', 'tty'], [], options)
  assert.deepEqual(report.fds, [0, 1, 2])
  assert.deepEqual(report.signals, { blocked: [], ignored: [] })
  assert.equal(report.process.sid, report.process.pid)
  assert.equal(report.process.pgid, report.process.pid)
  assert.equal(report.process.ppid, 0)
  assert.equal(report.process.parentDeathSignal, 0)
  assert.equal(report.process.keepCaps, 0)
})

it('--cwd, --env and --user change what the container has', async (c) => {
  const rootfs = (path: string) => writeFileSync(`${path}/etc/passwd`, 'some:x:77:0::/home/some:/bin/sh\n')
  await startWaiting(c, c.bundle({ process: { env: ['PATH=/bin', 'A=1'], user: { uid: 0, gid: 9 } } }, { rootfs }))
  const flags = ['--cwd', '/tmp', '--env', 'A=2,3', '--env', 'a.b=c', '--env=D=', '-u', '77']
  const report = await execReport(c, ['ids', 'cwd', 'env'], flags)
  assert.equal(report.cwd.path, '/tmp')
  assert.deepEqual([report.ids.uid, report.ids.euid, report.ids.suid, report.ids.gid], [77, 77, 77, 9])
  const own = report.env.filter((entry) => !entry.startsWith('CONFORMANCE_TOKEN='))
  assert.deepEqual(own.sort(), ['A=2,3', 'D=', 'HOME=/home/some', 'PATH=/bin', 'a.b=c'])
  const { ids } = await execReport(c, ['ids'], ['--user', '5:6', '-g', '10', '-g', '11', '-e', 'X='])
  assert.deepEqual([ids.uid, ids.gid, ids.groups.sort()], [5, 6, [10, 11]])
})

it('adds groups to those of the container, and none of the caller', async (c) => {
  await startWaiting(c, c.bundle({ process: { user: { uid: 0, gid: 0, additionalGids: [7] } } }))
  const { ids } = await execReport(c, ['ids'], ['-g', '8'], { wrapper: c.wrapper('groups', '4242,4343') })
  assert.deepEqual(ids.groups.sort(), [7, 8])
})

it('refuses ids that are no numbers', async (c) => {
  await startWaiting(c)
  for (const user of [
    '1x',
    'root',
    '-1',
    '4294967295',
    '4294967296',
    '18446744073709551616',
    '1.5',
    '0x1',
    '1:',
    ':1',
    ' 1',
  ])
    await execFails(c, ['--user', user, c.id(), '/bin/probe', 'exit', '0'])
})

it('adds a capability to the bounding, effective and permitted set alone', async (c) => {
  await startWaiting(c, c.bundle({ process: withCapabilities('CAP_CHOWN') }))
  const { caps } = await execReport(c, ['caps'], ['--cap', 'CAP_NET_RAW'])
  const both = [CAP_CHOWN, CAP_NET_RAW]
  assert.deepEqual(caps, { effective: both, permitted: both, bounding: both, inheritable: [], ambient: [] })
  const without = (await execReport(c, ['caps'])).caps
  assert.deepEqual(without.bounding, [CAP_CHOWN])
})

it('sets no_new_privs when asked to, and takes it away when asked to', async (c) => {
  await startWaiting(c, c.bundle({ process: { noNewPrivileges: false } }))
  assert.equal((await execReport(c, ['nnp'])).nnp, false)
  assert.equal((await execReport(c, ['nnp'], ['--no-new-privs'])).nnp, true)
})

it('takes every field of a process file', async (c) => {
  await startWaiting(c, c.bundle({ process: { oomScoreAdj: 5, user: { umask: 0o77 } } }))
  const report = await fileReport(c, shared, {
    user: { uid: 8, gid: 9, additionalGids: [4] },
    cwd: '/tmp',
    env: ['PATH=/bin', 'X=y', `CONFORMANCE_TOKEN=${c.token}`],
    noNewPrivileges: true,
    rlimits: [{ type: 'RLIMIT_NOFILE', soft: 111, hard: 222 }],
    capabilities: { bounding: ['CAP_CHOWN'], permitted: ['CAP_CHOWN'], effective: ['CAP_CHOWN'] },
  })
  assert.deepEqual([report.ids.uid, report.ids.gid, report.ids.groups], [8, 9, [4]])
  assert.equal(report.cwd.path, '/tmp')
  assert.ok(report.env.includes('X=y'))
  assert.equal(report.nnp, true)
  assert.deepEqual(report.limits.RLIMIT_NOFILE, { soft: '111', hard: '222' })
  assert.deepEqual(report.caps.bounding, [CAP_CHOWN])
})

it('gives a process file what it does not say from the container', async (c) => {
  const own = { process: { oomScoreAdj: 123, user: { umask: 0o77 }, ...withCapabilities('CAP_NET_RAW') } }
  await startWaiting(c, c.bundle(own))
  const report = await fileReport(c, ['oom', 'umask', 'caps', 'limits', 'nnp'])
  assert.equal(report.oom, 123)
  assert.equal(report.umask, 0o77)
  assert.deepEqual(report.caps.bounding, [CAP_NET_RAW])
  assert.equal(report.limits.RLIMIT_NOFILE?.hard, '1024')
  // What is false when absent is false.
  assert.equal(report.nnp, false)
})

it('tells everything that is wrong with a process file, and where', async (c) => {
  await startWaiting(c)
  const file = processFile(c, ['exit', '0'], { cwd: 'tmp', user: { uid: -1, gid: 0 }, args: [] })
  await execFails(
    c,
    ['--process', file, c.id()],
    'Cwd must be an absolute path',
    'args must not be empty',
    '/user/uid',
    file,
  )
  writeFileSync(file, '{\n "args": [\n')
  await execFails(c, ['--process', file, c.id()], file)
  await execFails(c, ['--process', join(c.directory, 'nothing'), c.id()], 'no such file or directory')
})

it('does not read a process file without end', async (c) => {
  await startWaiting(c)
  await execFails(c, ['--process', '/dev/zero', c.id()], /invalid character|more than \d+ bytes/)
})

it('names the line of a process file whose value the kernel refuses', async (c) => {
  await startWaiting(c)
  const file = processFile(c, ['exit', '0'], { cwd: '/no/such/directory' })
  await execFails(c, ['--process', file, c.id()], 'no such file or directory', `${file} line 2`)
})

it('says which directory is not there without blaming config.json for a flag', async (c) => {
  await startWaiting(c)
  await execFails(c, ['--cwd', '/nowhere', c.id(), '/bin/probe', 'exit', '0'], '/nowhere', /^(?!.*config\.json)/s)
  await execFails(c, ['--cwd', 'relative', c.id(), '/bin/probe', 'exit', '0'], 'Cwd must be an absolute path')
})

it('keeps the seccomp filter of the container', async (c) => {
  for (const noNewPrivileges of [true, false]) {
    const id = c.id(`${noNewPrivileges}`)
    const bundle = c.bundle({ ...allowAllBut(rule('SCMP_ACT_ERRNO', ['getppid'])), process: { noNewPrivileges } })
    const started = await c.createAndStart(bundle.probe('wait'), id)
    await started.outputLine('ready')
    const flags = noNewPrivileges ? [] : ['--cap', 'CAP_SYS_ADMIN']
    const call = await c.succeed(['exec', ...flags, id, '/bin/probe', 'calls', 'getppid', 'setsid'])
    assert.match(call.stdout, /^\["EPERM",/)
  }
})

it(
  'hands the listener of the filter over, with the state of the container',
  async (c) => {
    const first = await startAgent(c, 'errno=95')
    const notify = rule('SCMP_ACT_NOTIFY', ['getppid'])
    const seccomp = { defaultAction: 'SCMP_ACT_ALLOW', listenerPath: first.socket, syscalls: [notify] }
    await startWaiting(c, c.bundle({ process: { noNewPrivileges: true }, linux: { seccomp } }))
    await first.sent()
    const second = await startAgent(c, 'errno=77', first.socket)
    const pidFile = join(c.directory, 'pid')
    const call = await c.succeed(['exec', '--pid-file', pidFile, c.id(), '/bin/probe', 'calls', 'getppid'])
    assert.equal(call.stdout, '["errno 77"]\n')
    const sent = await second.sent()
    assert.equal(sent.pid, await pidIn(pidFile))
    const { id, pid, status } = sent.state as JsonObject
    assert.deepEqual([id, pid, status], [c.id(), await c.pid(), 'running'])
  },
  { requires: [kernel(5, 9)] },
)

it('confines a process to the CPUs of execCPUAffinity', async (c) => {
  const only = (execCPUAffinity: object) => ({ process: { execCPUAffinity: { ...execCPUAffinity } } })
  const rest = (await c.report(c.bundle(), ['affinity'])).affinity
  const cpu = rest.at(-1) ?? 0
  await startWaiting(c, c.bundle(only({ initial: `${cpu}`, final: `${rest[0]}` })))
  assert.deepEqual((await execReport(c, ['affinity'])).affinity, [rest[0]])
  const file = processFile(c, ['report', 'affinity'], { execCPUAffinity: { initial: `${cpu}` } })
  const call = await c.succeed(['exec', '--process', file, c.id()])
  assert.deepEqual(parseReport(call.stdout).affinity, [cpu])
})

it('gives a process every CPU of its cgroup, whatever the caller is confined to', async (c) => {
  await startWaiting(c)
  const free = (await execReport(c, ['affinity'])).affinity
  const pinned = await execReport(c, ['affinity'], [], { wrapper: c.wrapper('pin', `${free[0]}`) })
  assert.deepEqual(pinned.affinity, free)
})

it('shares the session keyring of the container', async (c) => {
  const first = await c.reportAndWait(c.bundle(), ['keyring'])
  assert.deepEqual((await execReport(c, ['keyring'])).keyring, first.keyring)
})
