// SPDX-License-Identifier: Apache-2.0
import type { CgroupManager, CreatedCgroup } from './cgroup-manager.ts'
import { claimed, claimOf } from './host-claim.ts'
import { createCgroups } from './host-create-cgroups.ts'
import { delegateCgroup } from './host-delegate.ts'
import { freezerOf } from './host-freezer.ts'
import { killCgroups } from './host-kill.ts'
import { countOomKills } from './host-oom.ts'
import { pidsBelow } from './host-processes.ts'
import { removeAbandoned, removeCgroups, removeMade, removeParents } from './host-remove-cgroups.ts'
import { writeResources } from './host-resource-writes.ts'
import { type CgroupPlacement, entranceOf, placedCgroups } from './place-cgroup.ts'
import { forgetUnit, removeUnit } from './systemd/host-unit.ts'
import { attachDeviceFilter } from './v2/host-device-filter.ts'

/** The cgroups of a placement, whether they exist or not; the placement says who made them, cgroupfs or systemd. */
export function openCgroup(placement: CgroupPlacement): CgroupManager {
  const pids = () => {
    const [first] = placedCgroups(placement)
    return first === undefined || claimOf(placement) !== 'own' ? [] : pidsBelow(first.directory)
  }
  const freezer = freezerOf(placement)
  return {
    placement,
    entrance: entranceOf(placement),
    // Device access comes first: nothing may be in the cgroup while its devices are still open.
    apply: ({ deviceFilter, writes }) => {
      if (deviceFilter !== undefined) attachDeviceFilter(placement, deviceFilter)
      writeResources(placement, writes)
    },
    pids,
    isEmpty: () => pids().length === 0,
    isFrozen: () => isCgroupFrozen(placement),
    canFreeze: freezer !== undefined,
    freeze: () => freezer?.freeze(freezer.directory),
    thaw: () => freezer?.thaw(freezer.directory),
    thawForKill: () => freezer?.thawForKill(freezer.directory),
    kill: () => {
      if (claimOf(placement) === 'own') killCgroups(placement)
    },
    destroy: () => destroyCgroup(placement),
  }
}

/** Where others have the cgroup by now, or had it before, only what is certain to be nobody else's goes. */
function destroyCgroup(placement: CgroupPlacement): void {
  const claim = claimOf(placement)
  const { unit, found } = placement
  if (unit !== undefined) (claim === 'own' ? removeUnit : forgetUnit)(unit)
  if (claim !== 'another') removeCgroups(placement)
  else if (found !== undefined) removeAbandoned(placement, found, unit && (() => removeUnit(unit)))
  removeParents(placement)
}

/**
 * Makes the directories of a placement ready to be entered. Refuses a cgroup that has processes or is frozen; on
 * failure nothing is left. Throws CGROUP_FAILED.
 */
export function createCgroup(placement: CgroupPlacement): CreatedCgroup {
  const made = createCgroups(placement)
  const before = made.length < placedCgroups(placement).length ? (countOomKills(placement) ?? 0) : 0
  return {
    ...openCgroup(placement),
    undo: () => {
      killCgroups(placement)
      removeMade(made)
    },
    claimed: () => claimed(placement),
    oomKills: () => (countOomKills(placement) ?? before) - before,
    delegate: (uid) => delegateCgroup(placement, uid),
  }
}

/** Whether the container is paused, which costs one read. */
export function isCgroupFrozen(placement: CgroupPlacement): boolean {
  const freezer = freezerOf(placement)
  return freezer?.isFrozen(freezer.directory) ?? false
}
