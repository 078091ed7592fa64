// SPDX-License-Identifier: Apache-2.0
import { readProcessCgroup } from '../cgroups/host-process-cgroup.ts'
import type { CgroupPlacement } from '../cgroups/place-cgroup.ts'
import { attachToUnit } from '../cgroups/systemd/host-unit.ts'
import { isRuntimeError } from '../errors/runtime-error.ts'
import type { ContainerRecord } from '../state/container-record.ts'

/**
 * Has the systemd of an ordinary user move a process into the container's cgroup. A login is not below that systemd: what
 * is above both is root's, and the kernel wants the right to write there; but systemd may ask that of the system for it.
 */
export function enterUserUnit(record: ContainerRecord, place: CgroupPlacement, pid: number): void {
  const own = record.cgroup as CgroupPlacement
  const unit = own.unit
  if (unit === undefined) return
  const attachTo = ({ unified }: CgroupPlacement) =>
    attachToUnit(unit, unified?.directory.slice(own.unified?.directory.length) || '/', pid)
  try {
    attachTo(place)
  } catch (error) {
    // As without systemd: the container may have moved its processes below.
    const other = place.unified?.directory === own.unified?.directory && readProcessCgroup(own, record.pid)
    if (!isRuntimeError(error) || !other) throw error
    attachTo(other)
  }
}
