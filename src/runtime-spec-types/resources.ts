// SPDX-License-Identifier: Apache-2.0
import type { Int64 } from './values.ts'

/** config-linux.md, Control groups */
export interface Resources {
  /** Device access rules, applied in order (config-linux.md, Allowed Device list). */
  devices?: DeviceRule[]
  /** Memory limits (config-linux.md, Memory). */
  memory?: Memory
  /** CPU time and placement (config-linux.md, CPU). */
  cpu?: Cpu
  /** Number of tasks (config-linux.md, PIDs). */
  pids?: Pids
  /** Block I/O weights and limits (config-linux.md, Block IO). */
  blockIO?: BlockIO
  /** Limits of huge pages by size (config-linux.md, Huge page limits). */
  hugepageLimits?: HugepageLimit[]
  /** Network class and priorities, cgroup v1 only (config-linux.md, Network). */
  network?: NetworkResources
  /** RDMA limits by device name (config-linux.md, RDMA). */
  rdma?: Record<string, Rdma>
  /** Content of cgroup v2 files by file name, applied last (config-linux.md, Unified). */
  unified?: Record<string, string>
}

/** config-linux.md, Allowed Device list */
export interface DeviceRule {
  /** Whether the rule allows or denies (config-linux.md, Allowed Device list). */
  allow: boolean
  /** All (a), character (c) or block (b) devices; default a (config-linux.md, Allowed Device list). */
  type?: 'a' | 'b' | 'c'
  /** Major number; absent means every one (config-linux.md, Allowed Device list). */
  major?: Int64
  /** Minor number; absent means every one (config-linux.md, Allowed Device list). */
  minor?: Int64
  /** Letters out of r, w and m (config-linux.md, Allowed Device list). */
  access?: string
}

/** Bytes, where -1 means unlimited: config-linux.md, Memory */
export interface Memory {
  /** Most memory that may be used (config-linux.md, Memory). */
  limit?: Int64
  /** Memory kept when the host runs short (config-linux.md, Memory). */
  reservation?: Int64
  /** Most memory and swap together (config-linux.md, Memory). */
  swap?: Int64
  /** Not recommended: most kernel memory (config-linux.md, Memory). */
  kernel?: Int64
  /** Not recommended: most kernel TCP memory (config-linux.md, Memory). */
  kernelTCP?: Int64
  /** How readily anonymous pages are swapped, 0 to 100 (config-linux.md, Memory). */
  swappiness?: Int64
  /** Stop tasks instead of killing them when memory is short (config-linux.md, Memory). */
  disableOOMKiller?: boolean
  /** Count the usage of child cgroups (config-linux.md, Memory). */
  useHierarchy?: boolean
  /** Refuse a limit below the current usage (config-linux.md, Memory). */
  checkBeforeUpdate?: boolean
}

/** config-linux.md, CPU */
export interface Cpu {
  /** Relative share of CPU time (config-linux.md, CPU). */
  shares?: Int64
  /** Microseconds of CPU time a period; negative means unlimited (config-linux.md, CPU). */
  quota?: Int64
  /** Microseconds of unused quota that may be saved up (config-linux.md, CPU). */
  burst?: Int64
  /** Microseconds of a period (config-linux.md, CPU). */
  period?: Int64
  /** Microseconds of realtime scheduling a period (config-linux.md, CPU). */
  realtimeRuntime?: Int64
  /** Microseconds of a realtime period (config-linux.md, CPU). */
  realtimePeriod?: Int64
  /** CPUs as a list such as `0-3,7` (config-linux.md, CPU). */
  cpus?: string
  /** Memory nodes as a list such as `0-3,7` (config-linux.md, CPU). */
  mems?: string
  /** 1 gives the cgroup the SCHED_IDLE policy (config-linux.md, CPU). */
  idle?: Int64
}

/** config-linux.md, PIDs */
export interface Pids {
  /** Most tasks in the cgroup; -1 means unlimited (config-linux.md, PIDs). */
  limit?: Int64
}

/** config-linux.md, Block IO */
export interface BlockIO {
  /** Weight of the cgroup, 10 to 1000 (config-linux.md, Block IO). */
  weight?: number
  /** Weight against child cgroups, 10 to 1000, cgroup v1 only (config-linux.md, Block IO). */
  leafWeight?: number
  /** Weights by device (config-linux.md, Block IO). */
  weightDevice?: BlockIOWeightDevice[]
  /** Bytes read a second by device (config-linux.md, Block IO). */
  throttleReadBpsDevice?: ThrottleDevice[]
  /** Bytes written a second by device (config-linux.md, Block IO). */
  throttleWriteBpsDevice?: ThrottleDevice[]
  /** Reads a second by device (config-linux.md, Block IO). */
  throttleReadIOPSDevice?: ThrottleDevice[]
  /** Writes a second by device (config-linux.md, Block IO). */
  throttleWriteIOPSDevice?: ThrottleDevice[]
}

/** config-linux.md, Block IO */
export interface BlockIOWeightDevice {
  /** Major number of the device (config-linux.md, Block IO). */
  major: Int64
  /** Minor number of the device (config-linux.md, Block IO). */
  minor: Int64
  /** Weight on this device, 10 to 1000 (config-linux.md, Block IO). */
  weight?: number
  /** Weight on this device against child cgroups, cgroup v1 only (config-linux.md, Block IO). */
  leafWeight?: number
}

/** config-linux.md, Block IO */
export interface ThrottleDevice {
  /** Major number of the device (config-linux.md, Block IO). */
  major: Int64
  /** Minor number of the device (config-linux.md, Block IO). */
  minor: Int64
  /** Bytes or operations a second (config-linux.md, Block IO). */
  rate: Int64
}

/** config-linux.md, Huge page limits */
export interface HugepageLimit {
  /** Page size such as 2MB or 1GB (config-linux.md, Huge page limits). */
  pageSize: string
  /** Most bytes in pages of this size (config-linux.md, Huge page limits). */
  limit: Int64
}

/** config-linux.md, Network */
export interface NetworkResources {
  /** Class identifier put on packets (config-linux.md, Network). */
  classID?: number
  /** Priorities by interface (config-linux.md, Network). */
  priorities?: InterfacePriority[]
}

/** config-linux.md, Network */
export interface InterfacePriority {
  /** Interface name in the runtime network namespace (config-linux.md, Network). */
  name: string
  /** Priority of traffic through it (config-linux.md, Network). */
  priority: number
}

/** At least one of the two: config-linux.md, RDMA */
export interface Rdma {
  /** Most open handles (config-linux.md, RDMA). */
  hcaHandles?: number
  /** Most created objects (config-linux.md, RDMA). */
  hcaObjects?: number
}
