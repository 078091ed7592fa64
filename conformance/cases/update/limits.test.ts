// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isPureV2, readCgroup } from '../../harness/cgroup-files.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import type { Json } from '../../harness/json.ts'
import { cgroupV1, controller } from '../../harness/requires.ts'

const it = casesOf('update', { requires: ['memory', 'cpu', 'cpuset', 'pids'].map(controller) })
const onV1 = { requires: [cgroupV1] }

/** A running container with these resources, and its pid. */
async function running(c: Case, resources: Json = {}): Promise<number> {
  await c.createAndStart(c.bundle({ linux: { resources } }).probe('wait'))
  return c.pid()
}

async function update(c: Case, ...flags: string[]): Promise<void> {
  await c.succeed(['update', ...flags, c.id()])
}

const limit = (pid: number) => readCgroup(pid, 'memory', 'memory.limit_in_bytes', 'memory.max')
const isUnlimited = (value: string) => value === 'max' || BigInt(value) > 2n ** 60n

/** Memory and swap together, as v1 keeps it. */
function memoryAndSwap(pid: number): string {
  if (!isPureV2()) return readCgroup(pid, 'memory', 'memory.memsw.limit_in_bytes')
  const swap = readCgroup(pid, 'memory', 'memory.swap.max')
  return swap === 'max' ? swap : String(BigInt(swap) + BigInt(limit(pid)))
}

function bandwidth(pid: number): string {
  if (isPureV2()) return readCgroup(pid, 'cpu', 'cpu.max')
  const [quota, period] = ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((file) => readCgroup(pid, 'cpu', file))
  return `${quota === '-1' ? 'max' : quota} ${period}`
}

it('changes the memory limit, in every unit that Docker has', async (c) => {
  const pid = await running(c)
  for (const [text, bytes] of [
    ['67108864', 67_108_864],
    ['32768k', 33_554_432],
    ['24M', 25_165_824],
    ['1g', 1_073_741_824],
    ['48mb', 50_331_648],
    ['1.5g', 1_610_612_736],
  ] as const) {
    await update(c, '--memory', text)
    assert.equal(limit(pid), String(bytes), text)
  }
})

it('changes memory and memory+swap together, up and down', async (c) => {
  const pid = await running(c, { memory: { limit: 33_554_432, swap: 67_108_864 } })
  for (const [memory, swap] of [
    [134_217_728, 268_435_456],
    [25_165_824, 25_165_824],
    [67_108_864, 134_217_728],
  ] as const) {
    await update(c, '--memory', String(memory), '--memory-swap', String(swap))
    assert.deepEqual([limit(pid), memoryAndSwap(pid)], [String(memory), String(swap)])
  }
})

it('keeps memory+swap when the memory limit alone changes', async (c) => {
  const pid = await running(c, { memory: { limit: 33_554_432, swap: 134_217_728 } })
  await update(c, '--memory', '64M')
  assert.deepEqual([limit(pid), memoryAndSwap(pid)], ['67108864', '134217728'])
})

it('changes memory+swap alone, and lifts it', async (c) => {
  const pid = await running(c, { memory: { limit: 33_554_432, swap: 67_108_864 } })
  await update(c, '--memory-swap', '96M')
  assert.deepEqual([limit(pid), memoryAndSwap(pid)], ['33554432', '100663296'])
  await update(c, '--memory-swap', '-1')
  assert.ok(isUnlimited(memoryAndSwap(pid)))
  assert.equal(limit(pid), '33554432')
})

it('lifts memory and memory+swap with a memory limit of -1', async (c) => {
  const pid = await running(c, { memory: { limit: 33_554_432, swap: 67_108_864 } })
  await update(c, '--memory', '-1')
  assert.ok(isUnlimited(limit(pid)))
  assert.ok(isUnlimited(memoryAndSwap(pid)))
})

it('changes the memory reservation', async (c) => {
  const pid = await running(c)
  await update(c, '--memory-reservation', '16M')
  assert.equal(readCgroup(pid, 'memory', 'memory.soft_limit_in_bytes', 'memory.low'), '16777216')
})

it('accepts limits of kernel memory, which have no effect', async (c) => {
  const pid = await running(c, { memory: { limit: 33_554_432 } })
  await update(c, '--kernel-memory', '50M', '--kernel-memory-tcp', '50M')
  assert.equal(limit(pid), '33554432')
})

it('keeps the period when the quota changes, and the quota when the period changes', async (c) => {
  const pid = await running(c, { cpu: { quota: 20_000, period: 50_000 } })
  await update(c, '--cpu-quota', '30000')
  assert.equal(bandwidth(pid), '30000 50000')
  await update(c, '--cpu-period', '60000')
  assert.equal(bandwidth(pid), '30000 60000')
  await update(c, '--cpu-quota', '-1')
  assert.equal(bandwidth(pid), 'max 60000')
})

it('changes quota and period of a container that had neither', async (c) => {
  const pid = await running(c)
  await update(c, '--cpu-quota', '30000')
  assert.equal(bandwidth(pid), '30000 100000')
  await update(c, '--cpu-period', '200000', '--cpu-quota', '50000')
  assert.equal(bandwidth(pid), '50000 200000')
})

it('takes a period of 0 for the default of the system', async (c) => {
  const pid = await running(c, { cpu: { quota: 20_000, period: 50_000 } })
  await update(c, '--cpu-period', '0')
  assert.equal(bandwidth(pid), '20000 100000')
})

it('changes the burst, together with the quota that allows it', async (c) => {
  const pid = await running(c, { cpu: { quota: 20_000, period: 50_000 } })
  const burst = () => readCgroup(pid, 'cpu', 'cpu.cfs_burst_us', 'cpu.max.burst')
  await update(c, '--cpu-burst', '15000')
  assert.equal(burst(), '15000')
  await update(c, '--cpu-burst', '40000', '--cpu-quota', '45000')
  assert.equal(`${burst()} ${bandwidth(pid)}`, '40000 45000 50000')
  await update(c, '--cpu-burst', '0')
  assert.equal(burst(), '0')
})

it('changes the CPU shares', async (c) => {
  const pid = await running(c, { cpu: { shares: 512 } })
  await update(c, '--cpu-share', '2048')
  assert.equal(readCgroup(pid, 'cpu', 'cpu.shares', 'cpu.weight'), isPureV2() ? '174' : '2048')
})

it('makes a container idle, which gives its shares up, and takes it back', async (c) => {
  const pid = await running(c, { cpu: { shares: 512 } })
  const shares = () => readCgroup(pid, 'cpu', 'cpu.shares', 'cpu.weight')
  const idle = () => readCgroup(pid, 'cpu', 'cpu.idle')
  await update(c, '--cpu-idle', '1')
  assert.equal(idle(), '1')
  await update(c, '--cpu-idle', '0')
  assert.deepEqual([idle(), shares()], ['0', isPureV2() ? '100' : '1024'])
  await update(c, '--cpu-idle', '1', '--cpu-share', '300')
  await update(c, '--cpu-idle', '1', '--cpu-share', '300')
  assert.equal(idle(), '1')
  await update(c, '--cpu-idle', '0', '--cpu-share', '2048')
  assert.deepEqual([idle(), shares()], ['0', isPureV2() ? '174' : '2048'])
})

it('changes CPUs and memory nodes', async (c) => {
  const pid = await running(c)
  await update(c, '--cpuset-cpus', '0', '--cpuset-mems', '0')
  assert.equal(readCgroup(pid, 'cpuset', 'cpuset.cpus'), '0')
  assert.equal(readCgroup(pid, 'cpuset', 'cpuset.mems'), '0')
})

it(
  'changes realtime period and runtime',
  async (c) => {
    const pid = await running(c)
    await update(c, '--cpu-rt-period', '900000', '--cpu-rt-runtime', '0')
    assert.equal(readCgroup(pid, 'cpu', 'cpu.rt_period_us'), '900000')
  },
  onV1,
)

it('changes the most pids, and lifts the limit', async (c) => {
  const pid = await running(c, { pids: { limit: 50 } })
  await update(c, '--pids-limit', '77')
  assert.equal(readCgroup(pid, 'pids', 'pids.max'), '77')
  await update(c, '--pids-limit', '-1')
  assert.equal(readCgroup(pid, 'pids', 'pids.max'), 'max')
})

it('takes a pids limit of 0 as one that lets nothing be added', async (c) => {
  const pid = await running(c, { pids: { limit: 50 } })
  await update(c, '--pids-limit', '0')
  assert.equal(readCgroup(pid, 'pids', 'pids.max'), '1')
})

it('leaves a pids limit alone that is not given', async (c) => {
  const pid = await running(c, { pids: { limit: 50 } })
  await update(c, '--memory', '64M')
  assert.equal(readCgroup(pid, 'pids', 'pids.max'), '50')
})

const RESOURCES = {
  memory: { limit: 50_331_648, reservation: 25_165_824 },
  cpu: { shares: 2048, quota: 40_000, period: 80_000, cpus: '0' },
  pids: { limit: 88 },
  devices: [{ allow: false, access: 'rwm' }],
}

function assertResources(pid: number): void {
  assert.equal(limit(pid), '50331648')
  assert.equal(bandwidth(pid), '40000 80000')
  assert.equal(readCgroup(pid, 'pids', 'pids.max'), '88')
  assert.equal(readCgroup(pid, 'cpuset', 'cpuset.cpus'), '0')
}

for (const spelling of [['--resources=-'], ['--resources', '-'], ['-r', '-']]) {
  it(`reads resources from standard input with ${spelling.join(' ')}`, async (c) => {
    const pid = await running(c)
    await c.succeed(['update', ...spelling, c.id()], { stdin: JSON.stringify(RESOURCES) })
    assertResources(pid)
  })
}

it('reads resources from a file, and ignores the flags for limits beside it', async (c) => {
  const pid = await running(c)
  const file = join(c.directory, 'resources.json')
  writeFileSync(file, JSON.stringify(RESOURCES))
  await update(c, '-r', file, '--memory', '96M', '--pids-limit', '5')
  assertResources(pid)
})

it('leaves devices alone, whatever rules the resources have', async (c) => {
  const pid = await running(c)
  const devices = () => (isPureV2() ? '' : readCgroup(pid, 'devices', 'devices.list'))
  const before = devices()
  await c.succeed(['update', '-r', '-', c.id()], { stdin: '{"devices":[{"allow":true,"access":"rwm"}]}' })
  assert.equal(devices(), before)
})

it('changes a created container too', async (c) => {
  await c.create(c.bundle().probe('wait'))
  const pid = await c.pid()
  await update(c, '--memory', '64M')
  assert.equal(limit(pid), '67108864')
})

it('says nothing on standard output', async (c) => {
  await running(c)
  const call = await c.succeed(['update', '--pids-limit', '20', c.id()])
  assert.deepEqual([call.stdout, call.stderr], ['', ''])
})
