// SPDX-License-Identifier: Apache-2.0
import type { CgroupUsage } from '../cgroups/host-usage.ts'
import type { PlacedUnit } from '../cgroups/systemd/placed-unit.ts'
import type { IdRange } from '../proc/id-map.ts'
import type { SeenMount } from '../proc/mount-table.ts'
import type { CapabilitySetName } from '../proc/process-status.ts'
import type { ContainerStatus } from '../state/container-status.ts'
import type { MappedProcess } from './process-map.ts'

/** All that `inspect` tells of a container, as its JSON has it. */
export interface Inspection {
  readonly id: string
  readonly status: ContainerStatus
  readonly created: string
  readonly owner: { readonly uid: number; readonly name?: string }
  readonly bundle: string
  readonly rootfs: string
  readonly annotations: Readonly<Record<string, string>>
  /** Where its cgroups are, by controller; the unified hierarchy is called `unified`. */
  readonly cgroups: Readonly<Record<string, string>>
  /** The unit that systemd keeps them for, with the systemd driver. */
  readonly unit?: PlacedUnit
  readonly usage: CgroupUsage
  /** Sockets in the state directory, such as `start.sock`, which waits for `start`. */
  readonly sockets: readonly string[]
  /** The programs of the hooks that are still to run. */
  readonly hooks: { readonly poststart: readonly string[]; readonly poststop: readonly string[] }
  /** Pids on the host of all its processes, those too that outlived the first. */
  readonly pids: readonly number[]
  /** What is known of its first process; absent when there is none. */
  readonly living?: LivingContainer
  /** What could not be read, and why. */
  readonly notes: readonly string[]
}

export interface LivingContainer {
  readonly process: MappedProcess
  readonly namespaces: readonly SeenNamespace[]
  /** The maps of its user namespace; absent where that is the caller's own. */
  readonly idMappings?: { readonly uid: readonly IdRange[]; readonly gid: readonly IdRange[] }
  readonly mounts: readonly SeenMount[]
  readonly security: Security
}

export interface SeenNamespace {
  readonly type: string
  /** Inode number, as in /proc/PID/ns. */
  readonly inode: number
  /** `host` is the namespace of the caller; `shared` with other containers of this root; `joined` by a path. */
  readonly relation: 'host' | 'private' | 'shared' | 'joined'
  /** The ids of those containers. */
  readonly containers?: readonly string[]
  /** The path in config.json by which it was joined. */
  readonly path?: string
}

export interface Security {
  /** Names by set; numbers for those that runts does not know. */
  readonly capabilities: Readonly<Record<CapabilitySetName, readonly string[]>>
  readonly noNewPrivileges: boolean
  readonly seccomp: { readonly mode: 'none' | 'strict' | 'filter'; readonly filters?: number }
  /** That of the first security module that has labels; absent without one. */
  readonly label?: string
}
