// SPDX-License-Identifier: Apache-2.0

import type { Resources } from './resources.ts'
import type { Seccomp } from './seccomp.ts'
import type { IDMapping, Int64 } from './values.ts'

/** config-linux.md */
export interface Linux {
  /** Namespaces to create or join; a type not listed is shared with the runtime (config-linux.md, Namespaces). */
  namespaces?: Namespace[]
  /** User ids of the user namespace (config-linux.md, User namespace mappings). */
  uidMappings?: IDMapping[]
  /** Group ids of the user namespace (config-linux.md, User namespace mappings). */
  gidMappings?: IDMapping[]
  /** Clock offsets of the time namespace (config-linux.md, Offset for Time Namespace). */
  timeOffsets?: TimeOffsets
  /** Device nodes that must exist in the container (config-linux.md, Devices). */
  devices?: Device[]
  /** Network devices of the host, by name, that move into the container (config-linux.md, Network Devices). */
  netDevices?: Record<string, NetDevice>
  /** Place of the container in the cgroup hierarchy (config-linux.md, Cgroups Path). */
  cgroupsPath?: string
  /** Limits applied through cgroups (config-linux.md, Control groups). */
  resources?: Resources
  /** Intel Resource Director Technology (config-linux.md, IntelRdt). */
  intelRdt?: IntelRdt
  /** Kernel parameters of the container's namespaces (config-linux.md, Sysctl). */
  sysctl?: Record<string, string>
  /** System call filter (config-linux.md, Seccomp). */
  seccomp?: Seccomp
  /** Mount propagation of the root filesystem (config-linux.md, Rootfs Mount Propagation). */
  rootfsPropagation?: RootfsPropagation
  /** Absolute container paths that must not be readable (config-linux.md, Masked Paths). */
  maskedPaths?: string[]
  /** Absolute container paths that must be read-only (config-linux.md, Readonly Paths). */
  readonlyPaths?: string[]
  /** SELinux context of the container's mounts (config-linux.md, Mount Label). */
  mountLabel?: string
  /** Execution domain of personality(2) (config-linux.md, Personality). */
  personality?: Personality
  /** NUMA policy of set_mempolicy(2) (config-linux.md, Memory policy). */
  memoryPolicy?: MemoryPolicy
}

export type NamespaceType = 'pid' | 'network' | 'mount' | 'ipc' | 'uts' | 'user' | 'cgroup' | 'time'

/** config-linux.md, Namespaces */
export interface Namespace {
  /** Kind of namespace, each at most once (config-linux.md, Namespaces). */
  type: NamespaceType
  /** Absolute path of a namespace to join instead of creating one (config-linux.md, Namespaces). */
  path?: string
}

/** Offsets by clock: config-linux.md, Offset for Time Namespace */
export interface TimeOffsets {
  /** Offset of CLOCK_MONOTONIC (config-linux.md, Offset for Time Namespace). */
  monotonic?: TimeOffset
  /** Offset of CLOCK_BOOTTIME (config-linux.md, Offset for Time Namespace). */
  boottime?: TimeOffset
}

/** config-linux.md, Offset for Time Namespace */
export interface TimeOffset {
  /** Seconds, may be negative (config-linux.md, Offset for Time Namespace). */
  secs?: Int64
  /** Nanoseconds, below 1e9 (config-linux.md, Offset for Time Namespace). */
  nanosecs?: number
}

export type DeviceType = 'c' | 'b' | 'u' | 'p'

/** config-linux.md, Devices */
export interface Device {
  /** Character (c or u), block (b) or FIFO (p) (config-linux.md, Devices). */
  type: DeviceType
  /** Absolute path in the container (config-linux.md, Devices). */
  path: string
  /** Major number, needed unless the type is p (config-linux.md, Devices). */
  major?: Int64
  /** Minor number, needed unless the type is p (config-linux.md, Devices). */
  minor?: Int64
  /** Permission bits, in decimal in JSON (config-linux.md, Devices). */
  fileMode?: number
  /** Owner in ids of the container (config-linux.md, Devices). */
  uid?: number
  /** Group in ids of the container (config-linux.md, Devices). */
  gid?: number
}

/** config-linux.md, Network Devices */
export interface NetDevice {
  /** Name inside the container; may hold `%d` (config-linux.md, Network Devices). */
  name?: string
}

/** config-linux.md, IntelRdt */
export interface IntelRdt {
  /** Class of service, a directory of resctrl (config-linux.md, IntelRdt). */
  closID?: string
  /** Lines for the schemata file (config-linux.md, IntelRdt). */
  schemata?: string[]
  /** L3 cache line of the schemata file (config-linux.md, IntelRdt). */
  l3CacheSchema?: string
  /** Memory bandwidth line of the schemata file (config-linux.md, IntelRdt). */
  memBwSchema?: string
  /** Create a monitoring group for the container (config-linux.md, IntelRdt). */
  enableMonitoring?: boolean
}

export type RootfsPropagation =
  | 'shared'
  | 'slave'
  | 'private'
  | 'unbindable'
  | 'rshared'
  | 'rslave'
  | 'rprivate'
  | 'runbindable'

export type PersonalityDomain = 'LINUX' | 'LINUX32'

/** config-linux.md, Personality */
export interface Personality {
  /** Execution domain (config-linux.md, Personality). */
  domain: PersonalityDomain
  /** None is defined so far (config-linux.md, Personality). */
  flags?: string[]
}

export type MemoryPolicyMode =
  | 'MPOL_DEFAULT'
  | 'MPOL_PREFERRED'
  | 'MPOL_BIND'
  | 'MPOL_INTERLEAVE'
  | 'MPOL_LOCAL'
  | 'MPOL_PREFERRED_MANY'
  | 'MPOL_WEIGHTED_INTERLEAVE'

export type MemoryPolicyFlag = 'MPOL_F_NUMA_BALANCING' | 'MPOL_F_RELATIVE_NODES' | 'MPOL_F_STATIC_NODES'

/** config-linux.md, Memory policy */
export interface MemoryPolicy {
  /** Policy (config-linux.md, Memory policy). */
  mode: MemoryPolicyMode
  /** Nodes such as `0-3,7` (config-linux.md, Memory policy). */
  nodes?: string
  /** Mode flags of set_mempolicy(2) (config-linux.md, Memory policy). */
  flags?: MemoryPolicyFlag[]
}
