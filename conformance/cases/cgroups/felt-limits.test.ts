// SPDX-License-Identifier: Apache-2.0
// Limits as the processes of a container feel them. Nothing here asks how long anything takes.
import assert from 'node:assert/strict'
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { withCapabilities } from '../../harness/base-config.ts'
import { SYSTEMD_FLAGS, scopePath } from '../../harness/cgroup-driver.ts'
import { cgroupDirectoryOf, isPureV2, readCgroup } from '../../harness/cgroup-files.ts'
import { type Case, type CaseOptions, casesOf } from '../../harness/conformance-case.ts'
import type { Json } from '../../harness/json.ts'
import { cgroupV2, controller } from '../../harness/requires.ts'
import { systemd } from '../../harness/systemd.ts'
import { until } from '../../harness/until.ts'

/** Declares a case for each cgroup driver. */
function it(sentence: string, body: (c: Case) => Promise<void>, options: CaseOptions = {}): void {
  casesOf('cgroups')(sentence, body, options)
  casesOf('systemd', { requires: [systemd] })(
    sentence,
    async (c) => {
      c.globalFlags = SYSTEMD_FLAGS
      await body(c)
    },
    options,
  )
}

const cgroupsPathOf = (c: Case) => (c.globalFlags.length > 0 ? scopePath(c.token) : `/${c.token}`)
const shell = (script: string) => ({ process: { args: ['sh', '-c', script] } })

/** The number behind a key of a flat keyed file. */
function numberBehind(text: string, key: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${key} `))
  assert.ok(line, `${key} in ${text}`)
  return Number(line.slice(key.length + 1))
}

/** Processor time that a cgroup has used, in microseconds. */
function usedMicroseconds(pid: number): number {
  if (isPureV2()) return numberBehind(readCgroup(pid, 'cpu', '', 'cpu.stat'), 'usage_usec')
  return Number(readCgroup(pid, 'cpuacct', 'cpuacct.usage')) / 1000
}

it(
  'holds a busy loop to its share of a processor',
  async (c) => {
    const [quota, period] = [5000, 50000]
    const bundle = c.bundle(
      { ...shell('while :; do :; done'), linux: { resources: { cpu: { quota, period } } } },
      { busybox: true },
    )
    await c.createAndStart(bundle)
    const pid = await c.pid()
    const file = join(cgroupDirectoryOf(pid, 'cpu'), 'cpu.stat')
    const periods = () => numberBehind(readFileSync(file, 'utf8'), 'nr_periods')
    await until('20 periods of a tenth of a processor', () => periods() >= 20)
    const used = usedMicroseconds(pid)
    assert.ok(numberBehind(readFileSync(file, 'utf8'), 'nr_throttled') > 0)
    // The kernel hands the quota out in slices, so that a period may see more than it; never twice as much for long.
    const most = 2 * quota * (periods() + 1)
    assert.ok(used <= most, `${used} µs in ${periods()} periods, at most ${most}`)
  },
  { requires: [controller('cpu')] },
)

it(
  'counts the processes that it kills for want of memory',
  async (c) => {
    const resources = { memory: { limit: 16777216, swap: 16777216 } }
    const bundle = c.bundle(
      { ...shell('/bin/probe eat 64 & wait $!; echo "status $?"; exec sleep 1000'), linux: { resources } },
      { busybox: true, rootfs: (rootfs) => linkBusybox(rootfs, 'sleep') },
    )
    const call = await c.createAndStart(bundle)
    await call.outputLine('status 137')
    const counts = readCgroup(await c.pid(), 'memory', 'memory.oom_control', 'memory.events')
    assert.ok(numberBehind(counts, 'oom_kill') >= 1, counts)
    assert.equal((await c.state()).status, 'running')
  },
  { requires: [controller('memory')] },
)

it(
  'kills all of a cgroup together where memory.oom.group asks for it',
  async (c) => {
    const resources = { memory: { limit: 16777216, swap: 16777216 }, unified: { 'memory.oom.group': '1' } }
    const bundle = c.bundle(
      { ...shell('/bin/probe eat 64 & wait $!; echo survived; exec sleep 1000'), linux: { resources } },
      { busybox: true, rootfs: (rootfs) => linkBusybox(rootfs, 'sleep') },
    )
    const call = await c.createAndStart(bundle)
    await c.stopped()
    assert.equal(call.stdout, '')
  },
  { requires: [cgroupV2, controller('memory')] },
)

it(
  'says that its process was killed for want of memory before it could start',
  async (c) => {
    const bundle = c.bundle({ linux: { resources: { memory: { limit: 4096 } }, cgroupsPath: cgroupsPathOf(c) } })
    await c.refuses(bundle, 'container init was OOM-killed (memory limit too low?)')
  },
  { requires: [controller('memory')], control: true },
)

it(
  'stops a fork bomb at the limit, and only inside',
  async (c) => {
    // A shell ends when it is refused a fork: the first process must not fork any more.
    const bomb = 'bomb() { bomb | bomb & }; bomb; exec busybox sleep 100000'
    const resources = { pids: { limit: 20 } }
    await c.createAndStart(c.bundle({ ...shell(bomb), linux: { resources } }, { busybox: true }))
    const directory = cgroupDirectoryOf(await c.pid(), 'pids')
    const refused = () => numberBehind(readFileSync(join(directory, 'pids.events'), 'utf8'), 'max')
    await until('a fork that the limit refuses', () => refused() > 0)
    assert.ok(Number(readFileSync(join(directory, 'pids.current'), 'utf8')) <= 20)
    await c.succeed(['run', '--bundle', c.bundle().probe('exit', '0').path, c.id('two')])
    await c.succeed(['delete', '--force', c.id()])
    c.assertNothingLeft()
  },
  { requires: [controller('pids')] },
)

for (const [sentence, rules, expected] of [
  ['denies a device that no rule allows', [{ allow: false, access: 'rwm' }], ['EPERM', 'EPERM']],
  [
    'lets a device be read where a rule allows that',
    [
      { allow: false, access: 'rwm' },
      { allow: true, type: 'c', major: 1, minor: 11, access: 'r' },
    ],
    [null, 'EPERM'],
  ],
  [
    'denies one device of all',
    [
      { allow: true, access: 'rwm' },
      { allow: false, type: 'c', major: 1, minor: 11, access: 'w' },
    ],
    [null, 'EPERM'],
  ],
  ['allows every device where a rule does', [{ allow: true, access: 'rwm' }], [null, null]],
] satisfies [string, Json[], (string | null)[]][]) {
  it(sentence, async (c) => {
    const devices = [{ path: '/dev/kmsg', type: 'c', major: 1, minor: 11 }]
    // Without CAP_SYSLOG the kernel's log is not opened, whatever the cgroup allows.
    const process = withCapabilities('CAP_SYSLOG', 'CAP_MKNOD', 'CAP_DAC_OVERRIDE')
    const bundle = c.bundle({ process, linux: { resources: { devices: rules }, devices } })
    const report = await c.report(bundle, ['open:/dev/kmsg', 'open-write:/dev/kmsg', 'open-write:/dev/null'])
    assert.deepEqual([report['open:/dev/kmsg'], report['open-write:/dev/kmsg']], expected)
    assert.equal(report['open-write:/dev/null'], null)
  })
}

it(
  'confines a container to its processors',
  async (c) => {
    const bundle = c.bundle({ linux: { resources: { cpu: { cpus: '0' } } } })
    const status = (await c.report(bundle, ['read:/proc/self/status']))['read:/proc/self/status']?.text ?? ''
    assert.match(status, /^Cpus_allowed_list:\t0$/m)
  },
  { requires: [controller('cpuset')] },
)

function linkBusybox(rootfs: string, name: string): void {
  symlinkSync('busybox', join(rootfs, 'bin', name))
}
