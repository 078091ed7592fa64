// SPDX-License-Identifier: Apache-2.0
import { pointer } from '../../spec/json-pointer.ts'
import type { ValidatedResources } from '../../spec/validated-spec.ts'
import { planRdma } from '../rdma-writes.ts'
import type { ResourceWrite } from '../resource-write.ts'
import { pidsMax } from '../v1/resource-writes.ts'
import { WriteList } from '../write-list.ts'
import { cpuWeight, ioWeight, limitOrMax, swapMax } from './conversions.ts'

const DEFAULT_PERIOD = 100_000

/** Limits for cgroup v2 files in runc's order; `findUnsupportedResources` must have found nothing. */
export function planV2Limits(resources: ValidatedResources): ResourceWrite[] {
  return [
    ...planPids(resources),
    ...planMemory(resources),
    ...planIo(resources),
    ...planCpu(resources),
    ...planCpuset(resources),
    ...planHugepages(resources),
    ...planRdma(resources),
    ...planUnified(resources),
  ]
}

function planPids({ pids }: ValidatedResources): ResourceWrite[] {
  const list = new WriteList('pids')
  if (pids.limit !== undefined) list.add('pids.max', pidsMax(pids.limit), 'pids/limit')
  return list.writes
}

function planMemory({ memory }: ValidatedResources): ResourceWrite[] {
  const list = new WriteList('memory')
  const { limit, swap, reservation } = memory
  const check = (value: bigint | undefined, name: string) =>
    memory.checkBeforeUpdate && value !== undefined && value > 0n
      ? { aboveUsage: { file: 'memory.current', limit: value, name } }
      : {}
  const swapValue = swapMax(limit, swap)
  if (swapValue !== undefined) {
    // Without swap accounting there is no file, and then nothing to lift or to forbid.
    const optional = swapValue === 'max' || swapValue === '0' ? ({ optional: true } as const) : {}
    const field = swap === undefined ? 'memory/limit' : 'memory/swap'
    list.add('memory.swap.max', swapValue, field, { ...optional, ...check(swap, 'memory+swap limit') })
  }
  list.addIfSet('memory.max', limitOrMax(limit), 'memory/limit', check(limit, 'memory limit'))
  list.addIfSet('memory.low', limitOrMax(reservation), 'memory/reservation')
  return list.writes
}

function planIo({ blockIO }: ValidatedResources): ResourceWrite[] {
  const list = new WriteList('io')
  const orIoWeight = (prefix: string, weight: number) => ({
    otherwise: { file: 'io.weight', value: `${prefix}${ioWeight(weight)}` },
  })
  const { weight } = blockIO
  if (weight) list.add('io.bfq.weight', weight, 'blockIO/weight', orIoWeight('default ', weight))
  blockIO.weightDevice.forEach(({ major, minor, weight: own }, index) => {
    const device = `${major}:${minor} `
    const field = `blockIO/weightDevice/${index}/weight`
    if (own) list.add('io.bfq.weight', `${device}${own}`, field, orIoWeight(device, own))
  })
  for (const [field, key] of THROTTLES) {
    blockIO[field].forEach(({ major, minor, rate }, index) => {
      list.add('io.max', `${major}:${minor} ${key}=${rate || 'max'}`, `blockIO/${field}/${index}`)
    })
  }
  return list.writes
}

const THROTTLES = [
  ['throttleReadBpsDevice', 'rbps'],
  ['throttleWriteBpsDevice', 'wbps'],
  ['throttleReadIOPSDevice', 'riops'],
  ['throttleWriteIOPSDevice', 'wiops'],
] as const

function planCpu({ cpu }: ValidatedResources): ResourceWrite[] {
  const list = new WriteList('cpu')
  const { shares, quota, period, idle, burst } = cpu
  const before = (next: bigint | undefined) => (next === undefined ? {} : ({ retryAfterNext: true } as const))
  if (shares !== undefined) list.add('cpu.weight', cpuWeight(shares), 'cpu/shares', before(idle))
  list.addIfSet('cpu.idle', idle, 'cpu/idle')
  if (quota !== undefined || period !== undefined) {
    const value = `${limitOrMax(quota ?? -1n)} ${period ?? DEFAULT_PERIOD}`
    list.add('cpu.max', value, quota === undefined ? 'cpu/period' : 'cpu/quota', before(burst))
  }
  list.addIfSet('cpu.max.burst', burst, 'cpu/burst', burst === 0n ? { optional: true } : {})
  return list.writes
}

function planCpuset({ cpu }: ValidatedResources): ResourceWrite[] {
  const list = new WriteList('cpuset')
  list.addIfSet('cpuset.cpus', cpu.cpus, 'cpu/cpus')
  list.addIfSet('cpuset.mems', cpu.mems, 'cpu/mems')
  return list.writes
}

/** Pages count when reserved and when used; kernels before 5.7 only know the latter. */
function planHugepages({ hugepageLimits }: ValidatedResources): ResourceWrite[] {
  const list = new WriteList('hugetlb')
  hugepageLimits.forEach(({ pageSize, limit }, index) => {
    const field = `hugepageLimits/${index}/limit`
    list.add(`hugetlb.${pageSize}.max`, limit, field)
    list.add(`hugetlb.${pageSize}.rsvd.max`, limit, field, { optional: true })
  })
  return list.writes
}

/** Last, because these override; files such as io.max take one line a write, and an empty write says nothing. */
function planUnified({ unified }: ValidatedResources): ResourceWrite[] {
  const writes: ResourceWrite[] = []
  for (const [file, content] of Object.entries(unified)) {
    const controller = file.slice(0, file.indexOf('.'))
    for (const value of content.split('\n')) {
      if (value !== '')
        writes.push({ controller, file, value, pointer: pointer('linux', 'resources', 'unified', file) })
    }
  }
  return writes
}
