// SPDX-License-Identifier: Apache-2.0

/** What the cgroups of a container count, by the names that runc prints. Times are nanoseconds, sizes bytes. */
export interface ContainerStats {
  readonly cpu: CpuStats
  readonly cpuset: CpusetStats
  readonly memory: MemoryStats
  /** A limit of 0 means that there is none. */
  readonly pids: { readonly current: bigint; readonly limit: bigint }
  readonly blkio: BlkioStats
  /** By page size, such as 2MB. */
  readonly hugetlb: Readonly<Record<string, HugetlbStats>>
}

export interface CpuStats {
  readonly usage: {
    readonly total: bigint
    readonly percpu: readonly bigint[]
    readonly percpuKernel: readonly bigint[]
    readonly percpuUser: readonly bigint[]
    readonly kernel: bigint
    readonly user: bigint
  }
  readonly throttling: { readonly periods: bigint; readonly throttledPeriods: bigint; readonly throttledTime: bigint }
  readonly psi?: PressureStats
}

/** Flags as the kernel has them, and the numbers of CPUs and memory nodes; all 0 on cgroup v2, as in runc. */
export interface CpusetStats {
  readonly cpus: readonly number[]
  readonly cpuExclusive: bigint
  readonly mems: readonly number[]
  readonly memHardwall: bigint
  readonly memExclusive: bigint
  readonly memoryMigrate: bigint
  readonly memorySpreadPage: bigint
  readonly memorySpreadSlab: bigint
  readonly memoryPressure: bigint
  readonly schedLoadBalance: bigint
  readonly schedRelaxDomainLevel: bigint
}

export interface MemoryEntry {
  readonly limit: bigint
  readonly usage: bigint
  readonly max: bigint
  readonly failcnt: bigint
}

export interface MemoryStats {
  readonly cache: bigint
  readonly usage: MemoryEntry
  /** Memory and swap together. */
  readonly swap: MemoryEntry
  readonly kernel: MemoryEntry
  readonly kernelTCP: MemoryEntry
  /** memory.stat, line by line. */
  readonly raw: Readonly<Record<string, bigint>>
  readonly psi?: PressureStats
}

export interface BlkioEntry {
  readonly major: bigint
  readonly minor: bigint
  /** Such as Read, Write or Total; empty for counters without kinds. */
  readonly op: string
  readonly value: bigint
}

export const BLKIO_COUNTERS = [
  'ioServiceBytesRecursive',
  'ioServicedRecursive',
  'ioQueueRecursive',
  'ioServiceTimeRecursive',
  'ioWaitTimeRecursive',
  'ioMergedRecursive',
  'ioTimeRecursive',
  'sectorsRecursive',
] as const

export type BlkioCounter = (typeof BLKIO_COUNTERS)[number]
export type BlkioStats = { readonly [K in BlkioCounter]?: readonly BlkioEntry[] } & { readonly psi?: PressureStats }

export interface HugetlbStats {
  readonly usage: bigint
  readonly max: bigint
  readonly failcnt: bigint
}

/** Shares of time in percent, and the total in microseconds (Documentation/accounting/psi.rst). */
export interface PressureEntry {
  readonly avg10: number
  readonly avg60: number
  readonly avg300: number
  readonly total: bigint
}

export interface PressureStats {
  readonly some: PressureEntry
  readonly full: PressureEntry
}

/** The files of a container's cgroups. A file or controller that is missing reads as undefined. */
export interface StatFiles {
  read(controller: string, file: string): string | undefined
  /** The names in the directory of a controller; none where it is missing. */
  names(controller: string): readonly string[]
}
