// SPDX-License-Identifier: Apache-2.0
import { placedCgroups } from '../cgroups/place-cgroup.ts'
import { processesAround } from '../proc/host-find-processes.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { isAlive } from '../state/process-identity.ts'
import { cgroupOf } from './container-cgroup.ts'

/** Pids on the host of all processes of a container: those of its cgroup, or what can be told without one. */
export function containerPids(record: ContainerRecord): number[] {
  const cgroup = cgroupOf(record)
  if (cgroup !== undefined && placedCgroups(cgroup.placement).length > 0) return cgroup.pids()
  return isAlive(record) ? processesAround(record.pid, record.ownPidNamespace ?? false) : []
}
