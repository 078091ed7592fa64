// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupDirectoryOf, isPureV2 } from '../../harness/cgroup-files.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { cgroupV1, controller, type Requirement } from '../../harness/requires.ts'

const it = casesOf('update', { requires: ['memory', 'cpu', 'cpuset', 'pids'].map(controller) })
const onV1 = { requires: [cgroupV1] }
const withoutResctrl: Requirement = () =>
  / - resctrl /.test(readFileSync('/proc/self/mountinfo', 'utf8')) ? 'needs a host without resctrl' : undefined

const BEFORE = {
  memory: { limit: 67_108_864, swap: 134_217_728, reservation: 16_777_216 },
  cpu: { shares: 512, quota: 20_000, period: 50_000 },
  pids: { limit: 50 },
}

const FILES = isPureV2()
  ? ['memory.max', 'memory.swap.max', 'memory.low', 'cpu.max', 'cpu.weight', 'cpuset.cpus', 'pids.max']
  : [
      'memory.limit_in_bytes',
      'memory.memsw.limit_in_bytes',
      'memory.soft_limit_in_bytes',
      'cpu.cfs_quota_us',
      'cpu.cfs_period_us',
      'cpu.shares',
      'cpuset.cpus',
      'pids.max',
    ]

function contents(pid: number): string[] {
  return FILES.map((file) => {
    const directory = cgroupDirectoryOf(pid, file.slice(0, file.indexOf('.')))
    return `${file} ${readFileSync(join(directory, file), 'utf8').trim()}`
  })
}

/** `update` with these arguments must fail, say so in terms of every pattern, and change nothing. */
async function refused(c: Case, args: string[], patterns: (string | RegExp)[], stdin?: string): Promise<void> {
  await c.createAndStart(c.bundle({ linux: { resources: BEFORE } }).probe('wait'))
  const pid = await c.pid()
  const former = contents(pid)
  const call = await c.runtime(['update', ...args, c.id()], stdin === undefined ? {} : { stdin })
  assert.notEqual(call.status, 0, `should fail: ${call}`)
  for (const pattern of patterns) {
    const isSaid = typeof pattern === 'string' ? call.stderr.includes(pattern) : pattern.test(call.stderr)
    assert.ok(isSaid, `the error should match ${pattern}: ${call}`)
  }
  assert.deepEqual(contents(pid), former)
}

it(
  'refuses a memory limit below what is in use, with the usage',
  (c) =>
    refused(
      c,
      ['--cpu-share', '700', '--pids-limit', '60', '--memory', '8k', '--memory-swap', '-1'],
      [/unable to set memory limit to 8192 \(current usage: \d+, peak usage: \d+\)/],
    ),
  onV1,
)

it(
  'rejects a memory limit below what is in use where it has to check that itself',
  (c) =>
    refused(c, ['-r', '-'], ['rejecting memory limit'], '{"memory":{"limit":8192,"swap":-1,"checkBeforeUpdate":true}}'),
  { requires: [() => (isPureV2() ? undefined : 'needs a host with cgroup v2 only')] },
)

it('changes nothing when one of several limits is refused', (c) =>
  refused(
    c,
    ['--memory', '48M', '--memory-swap', '96M', '--cpu-share', '700', '--pids-limit', '60', '--cpuset-cpus', '4000'],
    ['cpuset.cpus'],
  ))

it('changes nothing when the last of all writes is refused', (c) =>
  refused(
    c,
    ['-r', '-'],
    [/ENODEV|no such device/i],
    JSON.stringify({
      memory: { limit: 134_217_728, swap: 268_435_456 },
      cpu: { shares: 700, quota: 90_000, period: 100_000, idle: 1 },
      pids: { limit: 60 },
      blockIO: { throttleReadBpsDevice: [{ major: 4095, minor: 1_048_575, rate: 1 }] },
    }),
  ))

it('refuses memory+swap below the memory limit', (c) =>
  refused(c, ['--memory', '96M', '--memory-swap', '80M'], ['memory']))

it('refuses a memory limit above the memory+swap in force', (c) => refused(c, ['--memory', '1g'], ['memory']))

for (const [flag, value] of [
  ['--cpu-period', '5'],
  ['--cpu-quota', '5'],
  ['--cpuset-cpus', 'a'],
  ['--cpuset-mems', '4000'],
  ['--blkio-weight', '5'],
  ['--blkio-weight', '1001'],
  ['--cpu-idle', '2'],
  ['--cpu-burst', '30000'],
] as const) {
  it(`refuses ${flag} ${value}`, (c) => refused(c, [flag, value], [/\w/]))
}

for (const [flag, value] of [
  ['cpu-share', 'x'],
  ['cpu-period', '-1'],
  ['cpu-quota', '1.5'],
  ['cpu-burst', '1e5'],
  ['cpu-rt-period', 'x'],
  ['cpu-rt-runtime', 'x'],
  ['cpu-idle', 'x'],
  ['memory', 'lots'],
  ['memory', '-2'],
  ['memory-swap', '10X'],
  ['memory-reservation', '1..5'],
] as const) {
  it(`refuses "${value}" as the value of --${flag}`, (c) =>
    refused(c, [`--${flag}`, value], [`invalid value for ${flag}: `]))
}

it(
  'tells all that is wrong with the flags at once, also what v1 alone cannot express',
  (c) =>
    refused(
      c,
      ['--cpu-share', '300000', '--pids-limit', '-5', '--blkio-weight', '1', '--cpu-quota', '5'],
      [/--pids-limit: .* --blkio-weight: /s, '--cpu-share: the maximum allowed cpu-shares is 262144'],
    ),
  onV1,
)

it('tells every value that has not its form', (c) =>
  refused(
    c,
    ['--memory', 'lots', '--cpu-period', 'x'],
    ['invalid value for cpu-period: ', '; memory: \\"lots\\" is not'],
  ))

it('refuses a pids limit that is no number', (c) => refused(c, ['--pids-limit', 'x'], ['pids-limit']))

for (const [flag, sentence] of [
  ['--l3-cache-schema', 'Intel RDT/CAT: l3 cache schema is not enabled'],
  ['--mem-bw-schema', 'Intel RDT/MBA: memory bandwidth schema is not enabled'],
] as const) {
  it(`refuses ${flag} on a host without the resource`, (c) => refused(c, [flag, 'L3:0=f'], [sentence]), {
    requires: [withoutResctrl],
  })
}

it(
  'takes limits back when the schema beside them is refused',
  (c) => refused(c, ['--memory', '48M', '--pids-limit', '60', '--l3-cache-schema', 'L3:0=f'], ['l3 cache schema']),
  {
    requires: [withoutResctrl],
  },
)

it('takes limits back when the state of the container cannot be written', async (c) => {
  await c.createAndStart(c.bundle({ linux: { resources: BEFORE } }).probe('wait'))
  const pid = await c.pid()
  const former = contents(pid)
  const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
  const wrapper = ['unshare', '--mount', 'sh', '-c', script, join(c.root, c.id())]
  const call = await c.runtime(['update', '--memory', '48M', '--cpu-share', '700', c.id()], { wrapper })
  assert.equal(call.status, 1, String(call))
  assert.match(call.stderr, /read-only file system/)
  assert.deepEqual(contents(pid), former)
})

it('refuses a resources file that is not there', (c) =>
  refused(c, ['-r', '/nonexistent'], [/no such file or directory/]))

it('does not read a resources file without end', (c) => refused(c, ['-r', '/dev/zero'], [/\w/]))

it('refuses empty and broken JSON', async (c) => {
  await refused(c, ['-r', '-'], [/\w/], '')
  for (const text of ['{', '{"memory":', 'null', '[]', '"memory"', '7']) {
    const call = await c.runtime(['update', '-r', '-', c.id()], { stdin: text })
    assert.notEqual(call.status, 0, `should fail on ${text}: ${call}`)
  }
})

it('tells every problem of the resources at once, each with its place', (c) =>
  refused(
    c,
    ['-r', '-'],
    ['/memory/limit', '/cpu/period', '/pids/limit', '/blockIO/weight'],
    JSON.stringify({
      memory: { limit: '64M' },
      cpu: { period: 5 },
      pids: { limit: 1.5 },
      blockIO: { weight: 5 },
    }),
  ))

it(
  'refuses unified limits on a host with cgroup v1',
  (c) => refused(c, ['-r', '-'], ['unified'], '{"unified":{"memory.high":"1000000"}}'),
  onV1,
)

it('names a field that it does not know', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const call = await c.succeed(['update', '-r', '-', c.id()], { stdin: '{"memory":{"limits":64000000}}' })
  assert.match(call.stderr, /\/memory\/limits/)
})

it('refuses a container that has stopped, and one that does not exist', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  await c.kill()
  await c.fail(['update', '--memory', '64M', c.id()], ['container not running'])
  await c.succeed(['delete', c.id()])
  await c.fail(['update', '--memory', '64M', c.id()], ['container does not exist'])
})

it('refuses two containers, none, and a flag that does not exist', async (c) => {
  await c.fail(['update'], ['requires exactly 1 argument(s)'])
  await c.fail(['update', '--memory', '64M', 'a', 'b'], ['requires exactly 1 argument(s)'])
  await c.fail(['update', '--memry', '64M', 'a'], ['flag provided but not defined: -memry'])
})
