// SPDX-License-Identifier: Apache-2.0
import type {
  BlkioCounter,
  BlkioEntry,
  BlkioStats,
  ContainerStats,
  CpuStats,
  CpusetStats,
  MemoryEntry,
  MemoryStats,
  StatFiles,
} from '../container-stats.ts'
import {
  hugetlbBySize,
  parseCounter,
  parseKeyedCounters,
  parseNumberList,
  parsePids,
  pressureOf,
} from '../parse-counters.ts'

/** USER_HZ, which is 100 on every architecture that runts runs on: cpuacct.stat counts in it. */
const NANOSECONDS_PER_TICK = 10_000_000n

/** The counters of cgroup v1 as runc reads them; what is missing is 0 or absent. */
export function parseV1Stats(files: StatFiles): ContainerStats {
  return {
    cpu: parseCpu(files),
    cpuset: parseCpuset(files),
    memory: parseMemory(files),
    pids: parsePids(files),
    blkio: parseBlkio(files),
    hugetlb: parseHugetlb(files),
  }
}

function parseCpu(files: StatFiles): CpuStats {
  const counter = (file: string) => parseCounter(files.read('cpuacct', file))
  const ticks = parseKeyedCounters(files.read('cpuacct', 'cpuacct.stat'))
  const bandwidth = parseKeyedCounters(files.read('cpu', 'cpu.stat'))
  // Lines of a CPU, its user time and its system time, below a line of headings.
  const all = (files.read('cpuacct', 'cpuacct.usage_all') ?? '').split('\n').slice(1)
  const column = (index: number) => all.map((line) => parseCounter(line.split(' ')[index]))
  return {
    usage: {
      total: counter('cpuacct.usage'),
      percpu: (files.read('cpuacct', 'cpuacct.usage_percpu') ?? '').split(' ').filter(Boolean).map(parseCounter),
      percpuKernel: column(2),
      percpuUser: column(1),
      kernel: (ticks.system ?? 0n) * NANOSECONDS_PER_TICK,
      user: (ticks.user ?? 0n) * NANOSECONDS_PER_TICK,
    },
    throttling: {
      periods: bandwidth.nr_periods ?? 0n,
      throttledPeriods: bandwidth.nr_throttled ?? 0n,
      throttledTime: bandwidth.throttled_time ?? 0n,
    },
    ...pressureOf(files, 'cpu'),
  }
}

function parseCpuset(files: StatFiles): CpusetStats {
  const counter = (name: string) => parseCounter(files.read('cpuset', `cpuset.${name}`))
  return {
    cpus: parseNumberList(files.read('cpuset', 'cpuset.cpus')),
    cpuExclusive: counter('cpu_exclusive'),
    mems: parseNumberList(files.read('cpuset', 'cpuset.mems')),
    memHardwall: counter('mem_hardwall'),
    memExclusive: counter('mem_exclusive'),
    memoryMigrate: counter('memory_migrate'),
    memorySpreadPage: counter('memory_spread_page'),
    memorySpreadSlab: counter('memory_spread_slab'),
    memoryPressure: counter('memory_pressure'),
    schedLoadBalance: counter('sched_load_balance'),
    schedRelaxDomainLevel: counter('sched_relax_domain_level'),
  }
}

function parseMemory(files: StatFiles): MemoryStats {
  const raw = parseKeyedCounters(files.read('memory', 'memory.stat'))
  const entry = (prefix: string): MemoryEntry => {
    const counter = (name: string) => parseCounter(files.read('memory', `${prefix}.${name}`))
    return {
      limit: counter('limit_in_bytes'),
      usage: counter('usage_in_bytes'),
      max: counter('max_usage_in_bytes'),
      failcnt: counter('failcnt'),
    }
  }
  return {
    cache: raw.cache ?? 0n,
    usage: entry('memory'),
    swap: entry('memory.memsw'),
    kernel: entry('memory.kmem'),
    kernelTCP: entry('memory.kmem.tcp'),
    raw,
    ...pressureOf(files, 'memory'),
  }
}

type FileGroup = readonly (readonly [file: string, counter: BlkioCounter])[]

/** What the old schedulers count, which BFQ does too in a kernel with CONFIG_BFQ_CGROUP_DEBUG. */
const detailed = (prefix: string): FileGroup => [
  [`${prefix}.sectors_recursive`, 'sectorsRecursive'],
  [`${prefix}.io_service_time_recursive`, 'ioServiceTimeRecursive'],
  [`${prefix}.io_wait_time_recursive`, 'ioWaitTimeRecursive'],
  [`${prefix}.io_merged_recursive`, 'ioMergedRecursive'],
  [`${prefix}.io_queued_recursive`, 'ioQueueRecursive'],
  [`${prefix}.time_recursive`, 'ioTimeRecursive'],
  ...plain(prefix, '_recursive'),
]

function plain(prefix: string, suffix: string): FileGroup {
  return [
    [`${prefix}.io_serviced${suffix}`, 'ioServicedRecursive'],
    [`${prefix}.io_service_bytes${suffix}`, 'ioServiceBytesRecursive'],
  ]
}

/** As in runc: the first group counts whose first file has anything, from the most detailed to the throttler's own. */
const BLKIO_GROUPS: readonly FileGroup[] = [
  detailed('blkio.bfq'),
  plain('blkio.bfq', '_recursive'),
  detailed('blkio'),
  plain('blkio.throttle', '_recursive'),
  plain('blkio.throttle', ''),
]

function parseBlkio(files: StatFiles): BlkioStats {
  const psi = pressureOf(files, 'io')
  for (const group of BLKIO_GROUPS) {
    const counters: { [K in BlkioCounter]?: readonly BlkioEntry[] } = {}
    for (const [file, counter] of group) {
      const entries = parseBlkioFile(files.read('blkio', file))
      if (entries.length === 0) break
      counters[counter] = entries
    }
    if (Object.keys(counters).length > 0) return { ...counters, ...psi }
  }
  return psi
}

/** Lines such as `8:0 Read 4096` or `8:0 12`; the sum over all devices, `Total 4096`, is nobody's. */
function parseBlkioFile(text: string | undefined): BlkioEntry[] {
  const entries: BlkioEntry[] = []
  for (const line of (text ?? '').split('\n')) {
    const [, major, minor, op = '', value] = /^(\d+):(\d+)(?: ([A-Za-z]+))? (\d+)$/.exec(line) ?? []
    if (major === undefined || minor === undefined || value === undefined) continue
    entries.push({ major: BigInt(major), minor: BigInt(minor), op, value: BigInt(value) })
  }
  return entries
}

/** Reserved pages where the kernel counts them (Linux 5.7). */
function parseHugetlb(files: StatFiles): ContainerStats['hugetlb'] {
  return hugetlbBySize(files, (prefix) => {
    const reserved = files.read('hugetlb', `${prefix}.rsvd.usage_in_bytes`)
    const from = reserved === undefined ? prefix : `${prefix}.rsvd`
    return {
      usage: parseCounter(files.read('hugetlb', `${from}.usage_in_bytes`)),
      max: parseCounter(files.read('hugetlb', `${from}.max_usage_in_bytes`)),
      failcnt: parseCounter(files.read('hugetlb', `${from}.failcnt`)),
    }
  })
}
