// SPDX-License-Identifier: Apache-2.0
import { failedTo } from '../../errors/runtime-error.ts'
import type { CreatedCgroup } from '../cgroup-manager.ts'
import { openCgroup } from '../host-cgroup.ts'
import { writeCgroupFile } from '../host-cgroup-file.ts'
import { claimed } from '../host-claim.ts'
import { makeDirectories, refuseFrozen, refuseOccupied } from '../host-create-cgroups.ts'
import { delegateCgroup } from '../host-delegate.ts'
import { countOomKills, countOomKillsAround } from '../host-oom.ts'
import { type OomWatch, watchOom } from '../host-oom-watch.ts'
import type { CgroupPlacement } from '../place-cgroup.ts'
import { placedCgroups } from '../place-cgroup.ts'
import { inheritCpuset } from '../v1/host-cpuset.ts'
import { enableControllers } from '../v2/host-controllers.ts'
import { startUnit } from './host-unit.ts'
import type { UnitProperty } from './unit-property.ts'

/** The cgroups of a unit that systemd makes once there is a process to enter them; undefined for cgroupfs's. */
export function awaitedUnit(
  placement: CgroupPlacement,
  properties: readonly UnitProperty[] = [],
): CreatedCgroup | undefined {
  const { unit } = placement
  if (unit === undefined) return undefined
  // Until then a unit of this name is somebody else's.
  let isOurs = false
  let killedBefore: number | undefined
  let oom: OomWatch | undefined
  return {
    ...openCgroup(placement),
    enter(pid) {
      for (const { directory } of placedCgroups(placement)) refuseOccupied(directory)
      killedBefore = countOomKillsAround(placement)
      startUnit(unit, pid, properties)
      isOurs = true
      if (placement.mode === 'v2' && placement.unified) enableControllers(placement.unified)
      else {
        joinHierarchies(placement, pid)
        oom = watchOom(placement)
      }
      refuseFrozen(placement, [])
    },
    undo() {
      if (!isOurs) return
      const own = openCgroup(claimed(placement))
      own.kill()
      own.destroy()
    },
    claimed: () => claimed(placement),
    oomKills() {
      if (!isOurs) return 0
      // systemd removes the cgroup of a process that was killed, often before anyone can read it.
      const counted = countOomKills(placement)
      if (counted !== undefined) return counted
      if (oom !== undefined) return oom.take() ? 1 : 0
      const around = countOomKillsAround(placement) ?? 0
      return around - (killedBefore ?? around)
    },
    close: () => oom?.close(),
    delegate: (uid) => delegateCgroup(placement, uid),
  }
}

/** systemd leaves some v1 controllers alone: their cgroups are made here, at the same path. */
function joinHierarchies({ hierarchies }: CgroupPlacement, pid: number): void {
  for (const cgroup of hierarchies) {
    if (cgroup.controllers.includes('name=systemd')) continue
    const made = makeDirectories(cgroup.directory)
    if (cgroup.controllers.includes('cpuset')) inheritCpuset(cgroup, made)
    const path = `${cgroup.directory}/cgroup.procs`
    try {
      writeCgroupFile(path, String(pid))
    } catch (error) {
      throw failedTo('CGROUP_FAILED', `cannot move the container's process into ${cgroup.directory}`, error, { path })
    }
  }
}
