// SPDX-License-Identifier: Apache-2.0
import type {
  BlkioEntry,
  BlkioStats,
  ContainerStats,
  CpuStats,
  CpusetStats,
  MemoryEntry,
  MemoryStats,
  StatFiles,
} from '../container-stats.ts'
import { hugetlbBySize, parseCounter, parseKeyedCounters, parsePids, pressureOf, UNLIMITED } from '../parse-counters.ts'

const NANOSECONDS_PER_MICROSECOND = 1000n

/** The counters of cgroup v2 in the terms of v1, as runc gives them; what is missing is 0 or absent. */
export function parseV2Stats(files: StatFiles): ContainerStats {
  return {
    cpu: parseCpu(files),
    cpuset: NO_CPUSET,
    memory: parseMemory(files),
    pids: parsePids(files),
    blkio: parseIo(files),
    hugetlb: parseHugetlb(files),
  }
}

function parseCpu(files: StatFiles): CpuStats {
  const stat = parseKeyedCounters(files.read('cpu', 'cpu.stat'))
  const time = (name: string) => (stat[name] ?? 0n) * NANOSECONDS_PER_MICROSECOND
  return {
    usage: {
      total: time('usage_usec'),
      percpu: [],
      percpuKernel: [],
      percpuUser: [],
      kernel: time('system_usec'),
      user: time('user_usec'),
    },
    throttling: {
      periods: stat.nr_periods ?? 0n,
      throttledPeriods: stat.nr_throttled ?? 0n,
      throttledTime: time('throttled_usec'),
    },
    ...pressureOf(files, 'cpu'),
  }
}

const NO_CPUSET: CpusetStats = {
  cpus: [],
  cpuExclusive: 0n,
  mems: [],
  memHardwall: 0n,
  memExclusive: 0n,
  memoryMigrate: 0n,
  memorySpreadPage: 0n,
  memorySpreadSlab: 0n,
  memoryPressure: 0n,
  schedLoadBalance: 0n,
  schedRelaxDomainLevel: 0n,
}

const NOTHING: MemoryEntry = { limit: 0n, usage: 0n, max: 0n, failcnt: 0n }

function parseMemory(files: StatFiles): MemoryStats {
  const raw = parseKeyedCounters(files.read('memory', 'memory.stat'))
  const usage = parseEntry(files, 'memory')
  return {
    cache: raw.file ?? 0n,
    usage,
    swap: withMemory(parseEntry(files, 'memory.swap'), usage),
    kernel: NOTHING,
    kernelTCP: NOTHING,
    raw,
    ...pressureOf(files, 'memory'),
  }
}

/** `memory.peak` is there since Linux 5.19, `memory.swap.peak` since 6.5. */
function parseEntry(files: StatFiles, prefix: string): MemoryEntry {
  const counter = (name: string) => parseCounter(files.read('memory', `${prefix}.${name}`))
  return { limit: counter('max'), usage: counter('current'), max: counter('peak'), failcnt: 0n }
}

/** v2 counts swap alone. Two peaks cannot be added: they need not have been at the same time. */
function withMemory(swap: MemoryEntry, memory: MemoryEntry): MemoryEntry {
  const limit = swap.limit === UNLIMITED || memory.limit === UNLIMITED ? UNLIMITED : swap.limit + memory.limit
  return { limit, usage: swap.usage + memory.usage, max: 0n, failcnt: 0n }
}

/** The keys of io.stat that v1 has too; discards, and what io.cost adds, it has not. */
const IO_KEYS = {
  rbytes: ['ioServiceBytesRecursive', 'Read'],
  wbytes: ['ioServiceBytesRecursive', 'Write'],
  rios: ['ioServicedRecursive', 'Read'],
  wios: ['ioServicedRecursive', 'Write'],
} as const

/** Lines such as `8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0`. */
function parseIo(files: StatFiles): BlkioStats {
  const counters = { ioServiceBytesRecursive: [] as BlkioEntry[], ioServicedRecursive: [] as BlkioEntry[] }
  for (const line of (files.read('io', 'io.stat') ?? '').split('\n')) {
    const [, major, minor, fields = ''] = /^(\d+):(\d+) (.*)$/.exec(line) ?? []
    if (major === undefined || minor === undefined) continue
    for (const field of fields.split(' ')) {
      const [name = '', value] = field.split('=')
      if (!Object.hasOwn(IO_KEYS, name)) continue
      const [counter, op] = IO_KEYS[name as keyof typeof IO_KEYS]
      counters[counter].push({ major: BigInt(major), minor: BigInt(minor), op, value: parseCounter(value) })
    }
  }
  return { ...counters, ...pressureOf(files, 'io') }
}

/** Reserved pages where the kernel counts them (Linux 5.7); it counts refusals for used ones alone. */
function parseHugetlb(files: StatFiles): ContainerStats['hugetlb'] {
  return hugetlbBySize(files, (prefix) => ({
    usage: parseCounter(files.read('hugetlb', `${prefix}.rsvd.current`) ?? files.read('hugetlb', `${prefix}.current`)),
    max: 0n,
    failcnt: parseKeyedCounters(files.read('hugetlb', `${prefix}.events`)).max ?? 0n,
  }))
}
