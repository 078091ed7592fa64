// SPDX-License-Identifier: Apache-2.0
import type { CgroupPlacement, PlacedCgroup } from './place-cgroup.ts'
import * as v1 from './v1/host-freezer.ts'
import * as v2 from './v2/host-freezer.ts'

/** The freezer of one cgroup version; every verb takes the cgroup's directory. */
export interface Freezer {
  freeze(directory: string): void
  thaw(directory: string): void
  /** Whatever would keep SIGKILL from ending a process, in the cgroup or below it, where the container may have frozen some itself. */
  thawForKill(directory: string): void
  /** This cgroup was asked to freeze. */
  isFrozen(directory: string): boolean
  /** This cgroup is frozen, by its own setting or a parent's. */
  isHeldFrozen(directory: string): boolean
}

/** The freezer that covers a container and the directory it works on; the v1 controller where there is one, as in runc. */
export function freezerOf(placement: CgroupPlacement): (Freezer & PlacedCgroup) | undefined {
  const v1Cgroup = placement.hierarchies.find(({ controllers }) => controllers.includes('freezer'))
  if (v1Cgroup !== undefined) return { ...v1, ...v1Cgroup }
  return placement.unified === undefined ? undefined : { ...v2, ...placement.unified }
}

/** Whether what is in the cgroup has stopped. Where it does not, `freeze` has thawed it again. */
export function tryFreeze({ freeze, directory }: Freezer & PlacedCgroup): boolean {
  try {
    freeze(directory)
    return true
  } catch {
    return false
  }
}
