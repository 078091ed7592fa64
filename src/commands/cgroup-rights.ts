// SPDX-License-Identifier: Apache-2.0
import type { RuntimeError } from '../errors/runtime-error.ts'

/** How a container's cgroups are made, and what its maker may do with them. */
export interface CgroupRights {
  /** A container without cgroupsPath goes without the cgroups that may not be made. */
  readonly isRootless: boolean
  /** Device access can be restricted by the host's root alone. */
  readonly isHostRoot: boolean
  /** May give cgroups to other users. */
  readonly mayChown: boolean
  readonly refuse: (error: RuntimeError) => void
  readonly driver: 'cgroupfs' | 'systemd'
}
