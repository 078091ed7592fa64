// SPDX-License-Identifier: Apache-2.0
import type { ValidatedResources } from '../../spec/validated-spec.ts'
import { planRdma } from '../rdma-writes.ts'
import type { ResourceWrite } from '../resource-write.ts'
import { WriteList } from '../write-list.ts'

/** Limits for cgroup v1 files in runc's order; `findUnsupportedResources` must have found nothing. */
export function planV1Limits(resources: ValidatedResources): ResourceWrite[] {
  return [
    ...planCpuset(resources),
    ...planMemory(resources),
    ...planCpu(resources),
    ...planPids(resources),
    ...planBlockIO(resources),
    ...planHugepages(resources),
    ...planNetwork(resources),
    ...planRdma(resources),
  ]
}

function planCpuset({ cpu }: ValidatedResources): ResourceWrite[] {
  const list = new WriteList('cpuset')
  list.addIfSet('cpuset.cpus', cpu.cpus, 'cpu/cpus')
  list.addIfSet('cpuset.mems', cpu.mems, 'cpu/mems')
  return list.writes
}

/**
 * The limit must never exceed memory+swap: which of the two goes first depends on whether they rise or fall. Lifting the
 * limit lifts memory+swap too, unless that is given.
 */
function planMemory({ memory }: ValidatedResources): ResourceWrite[] {
  const list = new WriteList('memory')
  const liftsSwap = memory.limit === -1n && memory.swap === undefined
  const swapFollows = liftsSwap || memory.swap !== undefined ? ({ retryAfterNext: true } as const) : {}
  list.addIfSet('memory.limit_in_bytes', memory.limit, 'memory/limit', swapFollows)
  list.addIfSet('memory.memsw.limit_in_bytes', memory.swap, 'memory/swap')
  if (liftsSwap) list.add('memory.memsw.limit_in_bytes', -1, 'memory/limit', { optional: true })
  list.addIfSet('memory.soft_limit_in_bytes', memory.reservation, 'memory/reservation')
  list.addIfSet('memory.kmem.limit_in_bytes', memory.kernel, 'memory/kernel', { optional: true })
  list.addIfSet('memory.kmem.tcp.limit_in_bytes', memory.kernelTCP, 'memory/kernelTCP')
  if (memory.useHierarchy) list.add('memory.use_hierarchy', 1, 'memory/useHierarchy', { optional: true })
  if (memory.disableOOMKiller) list.add('memory.oom_control', 1, 'memory/disableOOMKiller')
  list.addIfSet('memory.swappiness', memory.swappiness, 'memory/swappiness')
  return list.writes
}

function planCpu({ cpu }: ValidatedResources): ResourceWrite[] {
  const list = new WriteList('cpu')
  const before = (next: bigint | undefined) => (next === undefined ? {} : ({ retryAfterNext: true } as const))
  list.addIfSet('cpu.rt_period_us', cpu.realtimePeriod, 'cpu/realtimePeriod', before(cpu.realtimeRuntime))
  list.addIfSet('cpu.rt_runtime_us', cpu.realtimeRuntime, 'cpu/realtimeRuntime')
  list.addIfSet('cpu.shares', cpu.shares, 'cpu/shares', before(cpu.idle))
  list.addIfSet('cpu.idle', cpu.idle, 'cpu/idle')
  list.addIfSet('cpu.cfs_period_us', cpu.period, 'cpu/period', before(cpu.quota))
  list.addIfSet('cpu.cfs_quota_us', cpu.quota, 'cpu/quota', before(cpu.burst))
  list.addIfSet('cpu.cfs_burst_us', cpu.burst, 'cpu/burst', cpu.burst === 0n ? { optional: true } : {})
  return list.writes
}

/** As in runc, a limit of 0 becomes 1: the container's own process is there, and neither lets it fork. */
function planPids({ pids }: ValidatedResources): ResourceWrite[] {
  const list = new WriteList('pids')
  if (pids.limit !== undefined) list.add('pids.max', pidsMax(pids.limit), 'pids/limit')
  return list.writes
}

export function pidsMax(limit: bigint): string {
  if (limit < 0n) return 'max'
  return limit === 0n ? '1' : String(limit)
}

/** Kernels since 5.0 have weights only with the BFQ scheduler, under its own file names. */
function planBlockIO({ blockIO }: ValidatedResources): ResourceWrite[] {
  const list = new WriteList('blkio')
  const orBfq = (file: string, value: number | string) => ({ otherwise: { file, value: String(value) } })
  if (blockIO.weight)
    list.add('blkio.weight', blockIO.weight, 'blockIO/weight', orBfq('blkio.bfq.weight', blockIO.weight))
  list.addIfSet('blkio.leaf_weight', blockIO.leafWeight, 'blockIO/leafWeight')
  blockIO.weightDevice.forEach(({ major, minor, weight, leafWeight }, index) => {
    const field = `blockIO/weightDevice/${index}`
    const value = `${major}:${minor} ${weight}`
    if (weight) list.add('blkio.weight_device', value, `${field}/weight`, orBfq('blkio.bfq.weight_device', value))
    if (leafWeight) list.add('blkio.leaf_weight_device', `${major}:${minor} ${leafWeight}`, `${field}/leafWeight`)
  })
  for (const [field, file] of THROTTLES) {
    blockIO[field].forEach(({ major, minor, rate }, index) => {
      list.add(file, `${major}:${minor} ${rate}`, `blockIO/${field}/${index}`)
    })
  }
  return list.writes
}

const THROTTLES = [
  ['throttleReadBpsDevice', 'blkio.throttle.read_bps_device'],
  ['throttleWriteBpsDevice', 'blkio.throttle.write_bps_device'],
  ['throttleReadIOPSDevice', 'blkio.throttle.read_iops_device'],
  ['throttleWriteIOPSDevice', 'blkio.throttle.write_iops_device'],
] as const

/** Pages count when reserved and when used; kernels before 5.7 only know the latter. */
function planHugepages({ hugepageLimits }: ValidatedResources): ResourceWrite[] {
  const list = new WriteList('hugetlb')
  hugepageLimits.forEach(({ pageSize, limit }, index) => {
    const field = `hugepageLimits/${index}/limit`
    list.add(`hugetlb.${pageSize}.limit_in_bytes`, limit, field)
    list.add(`hugetlb.${pageSize}.rsvd.limit_in_bytes`, limit, field, { optional: true })
  })
  return list.writes
}

function planNetwork({ network }: ValidatedResources): ResourceWrite[] {
  const classes = new WriteList('net_cls')
  classes.addIfSet('net_cls.classid', network.classID || undefined, 'network/classID')
  const priorities = new WriteList('net_prio')
  network.priorities.forEach(({ name, priority }, index) => {
    priorities.add('net_prio.ifpriomap', `${name} ${priority}`, `network/priorities/${index}`)
  })
  return [...classes.writes, ...priorities.writes]
}
