// SPDX-License-Identifier: Apache-2.0
// A container that does what it can against processes which join it: CVE-2016-9962, 2019-5736, 2019-16884, 2024-21626.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { withCapabilities } from '../../harness/base-config.ts'
import { Canary } from '../../harness/canary.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import { execReport, pidIn, startWaiting } from '../../harness/exec.ts'
import { addSelfExecutables, fingerprint } from '../../harness/executable.ts'
import { parseReport } from '../../harness/probe.ts'
import { until } from '../../harness/until.ts'

const it = casesOf('exec')
it('starts in no directory of the host through a leaked descriptor as --cwd', async (c) => {
  const wrapper = c.wrapper('leak', '30')
  const rootfs = (path: string) => {
    for (let fd = 3; fd < 16; fd++) symlinkSync(`/proc/self/fd/${fd}`, `${path}/link${fd}`)
  }
  await startWaiting(c, c.bundle({}, { rootfs }))
  const places = Array.from({ length: 48 }, (_, fd) => `/proc/self/fd/${fd}`)
  for (let fd = 3; fd < 16; fd++) places.push(`/link${fd}`, `/proc/self/fd/${fd}/../../..`)
  for (const cwd of places) {
    const args = ['exec', '--cwd', cwd, c.id(), '/bin/probe', 'report', 'cwd', 'chdir-up']
    const call = await c.runtime(args, { wrapper })
    if (call.status !== 0) continue
    const report = parseReport(call.stdout)
    assert.ok(report['chdir-up'].inRoot && report.cwd.path.startsWith('/'), String(call))
  }
})

it('runs no program of the host through a leaked descriptor', async (c) => {
  await startWaiting(c)
  for (let fd = 0; fd < 40; fd++) {
    const program = `/proc/self/fd/${fd}/../../../../../../../../bin/busybox`
    const call = await c.runtime(['exec', c.id(), program, 'echo', 'escaped'], { wrapper: c.wrapper('leak', '30') })
    assert.equal(call.status, 255, String(call))
    assert.doesNotMatch(call.stdout, /escaped/)
  }
})

it('keeps its executable out of reach of a program that is /proc/self/exe', async (c) => {
  const before = fingerprint()
  await startWaiting(c, c.bundle({}, { rootfs: addSelfExecutables }))
  for (const program of ['/proc/self/exe', '/bin/script', '/bin/link']) await c.runtime(['exec', c.id(), program, 'x'])
  assert.equal(fingerprint(), before)
})

/** As root with every capability: it opens whatever a process that comes shows of itself, and tries to write to it. */
const WATCHER = `
while :; do for p in /proc/[0-9]*; do
  [ "$p" = /proc/1 ] && continue
  for f in $p/fd/*; do if [ -d "$f/." ]; then echo "directory $f"; fi; done
  busybox ls $p/cwd/usr/bin $p/root/usr/bin 2>/dev/null
  (echo changed >$p/exe) 2>/dev/null && echo "wrote $p/exe"
done; [ -e /tmp/stop ] && break; done; echo done`

it('shows nothing of the host to a container that watches for it', async (c) => {
  const before = fingerprint()
  const canary = new Canary(c)
  const patch = {
    root: { readonly: false },
    process: {
      args: ['sh', '-c', WATCHER],
      ...withCapabilities('CAP_DAC_OVERRIDE', 'CAP_DAC_READ_SEARCH', 'CAP_SYS_ADMIN'),
    },
  }
  const started = await c.createAndStart(c.bundle(patch, { busybox: true }))
  for (let i = 0; i < 40; i++) await c.succeed(['exec', c.id(), '/bin/probe', 'exit', '0'])
  // Its file ends the container, which may end this process before it has ended by itself.
  await c.runtime(['exec', c.id(), '/bin/busybox', 'touch', '/tmp/stop'])
  await until('the end of the watcher', () => started.stdout.includes('done'))
  assert.equal(started.stdout, 'done\n')
  assert.equal(fingerprint(), before)
  canary.assertUntouched()
})

it('asks nothing of a /proc that the container has made itself', async (c) => {
  // The container covers its own /proc by a directory of files that lie.
  const rootfs = (path: string) => {
    mkdirSync(`${path}/fake/self/attr`, { recursive: true })
    mkdirSync(`${path}/fake/thread-self/attr`, { recursive: true })
    for (const name of ['self/setgroups', 'self/attr/exec', 'thread-self/attr/exec', 'self/oom_score_adj', 'mounts'])
      writeFileSync(`${path}/fake/${name}`, 'deny\n')
  }
  const patch = {
    root: { readonly: false },
    process: {
      args: ['sh', '-c', 'busybox mount -o bind /fake /proc && echo covered; exec /bin/probe wait'],
      oomScoreAdj: 55,
      user: { uid: 0, gid: 0, additionalGids: [3] },
      ...withCapabilities('CAP_SYS_ADMIN'),
    },
  }
  const bundle = c.bundle(patch, { busybox: true, rootfs })
  const started = await c.createAndStart(bundle)
  await started.outputLine('ready')
  assert.match(started.stdout, /covered/)
  const { ids } = await execReport(c, ['ids'])
  assert.deepEqual(ids.groups, [3])
  const pidFile = `${c.directory}/pid`
  const { call, done } = c.start(['exec', '--pid-file', pidFile, c.id(), '/bin/probe', 'trap', '15'])
  await call.outputLine('ready')
  const pid = await pidIn(pidFile)
  assert.equal(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8'), '55\n')
  process.kill(pid, 'SIGTERM')
  assert.equal((await done).status, 0)
  for (const name of ['self/attr/exec', 'self/oom_score_adj']) {
    assert.equal(readFileSync(bundle.file('fake', name), 'utf8'), 'deny\n')
  }
})

it('gives no inheritable or ambient capability to a process with --cap', async (c) => {
  await startWaiting(c)
  for (const flags of [[], ['--user', '1000:1000']]) {
    const { caps } = await execReport(c, ['caps'], ['--cap', 'CAP_NET_RAW', ...flags])
    assert.deepEqual([caps.inheritable, caps.ambient], [[], []])
  }
})

it('ends with one error when the container is killed meanwhile', async (c) => {
  for (let round = 0; round < 10; round++) {
    const id = c.id(`${round}`)
    const started = await c.createAndStart(c.bundle().probe('wait'), id)
    await started.outputLine('ready')
    const calls = Array.from({ length: 4 }, () => c.start(['exec', id, '/bin/probe', 'wait']).done)
    const killed = c.runtime(['delete', '--force', id])
    for (const call of await Promise.all(calls)) {
      if (call.status === 137) continue
      assert.equal(call.status, 255, String(call))
      assert.match(call.stderr, /exec failed: (cannot exec in a stopped container|container does not exist)/)
      assert.equal(call.stderr.trim().split('\n').length, 1, String(call))
    }
    assert.equal((await killed).status, 0)
    c.assertNothingLeft()
  }
})
