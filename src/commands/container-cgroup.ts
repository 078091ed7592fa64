// SPDX-License-Identifier: Apache-2.0
import type { CgroupManager } from '../cgroups/cgroup-manager.ts'
import { openCgroup } from '../cgroups/host-cgroup.ts'
import type { CgroupPlacement } from '../cgroups/place-cgroup.ts'
import type { ContainerRecord } from '../state/container-record.ts'

/** The cgroups of a container that exists; undefined when its record names none. */
export function cgroupOf(record: ContainerRecord): CgroupManager | undefined {
  return record.cgroup === undefined ? undefined : openCgroup(record.cgroup as CgroupPlacement)
}

/** Where the cgroups of a container are; nowhere when its record names none: then nothing is counted and no limit set. */
export function placementOf({ cgroup = NOWHERE }: ContainerRecord): CgroupPlacement {
  return cgroup as CgroupPlacement
}

const NOWHERE: CgroupPlacement = { mode: 'v1', hierarchies: [] }
