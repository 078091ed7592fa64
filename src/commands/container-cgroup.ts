// SPDX-License-Identifier: Apache-2.0
import type { CgroupManager } from '../cgroups/cgroup-manager.ts'
import { openCgroup } from '../cgroups/open-cgroup.ts'
import type { CgroupPlacement } from '../cgroups/place-cgroup.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { deviceFilterLoader } from '../sys/bpf.ts'

/** What a container's record keeps of its cgroups: where they are, and which directories did not exist before. */
export interface CgroupRecord {
  readonly placement: CgroupPlacement
  readonly made: readonly string[]
}

export function cgroupManager(placement: CgroupPlacement): CgroupManager {
  return openCgroup(placement, deviceFilterLoader)
}

/** The cgroups of a container that exists; undefined when its record names none. */
export function cgroupOf(record: ContainerRecord): CgroupManager | undefined {
  const { placement } = (record.cgroup ?? {}) as Partial<CgroupRecord>
  return placement === undefined ? undefined : cgroupManager(placement)
}

export function destroyCgroup(record: ContainerRecord): void {
  cgroupOf(record)?.destroy((record.cgroup as CgroupRecord).made)
}
