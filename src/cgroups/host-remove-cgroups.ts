// SPDX-License-Identifier: Apache-2.0
import { existsSync, rmdirSync } from 'node:fs'
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import { isGone } from './host-cgroup-file.ts'
import { visitCgroupsBelow } from './host-cgroup-tree.ts'
import { isManaged } from './host-missing-parents.ts'
import { pidsBelow } from './host-processes.ts'
import { waitUntil } from './host-wait.ts'
import { type CgroupPlacement, type PlacedCgroup, placedCgroups } from './place-cgroup.ts'

const TIMEOUT_MS = 5_000
/** What systemd takes to remove the cgroup of a unit whose last process has ended. */
const SYSTEMD_MS = 1_000

/** Removes the container's cgroups with all that is below them. */
export function removeCgroups(placement: CgroupPlacement): void {
  for (const { directory } of placedCgroups(placement)) removeCgroup(directory)
}

/**
 * After a `create` that was killed before the cgroups were the container's: those that were not there before are removed
 * if they become empty. Its own processes died with it, so others are somebody else's. systemd removes those of a unit;
 * `endUnit` has it do so where it missed that nobody lives there any more: a process that had died before systemd moved it
 * leaves no trace in a cgroup.
 */
export function removeAbandoned(placement: CgroupPlacement, found: readonly string[], endUnit?: () => void): void {
  const cgroups = placedCgroups(placement).filter(({ directory }) => !found.includes(directory))
  const areGone = () => cgroups.map((cgroup) => isAbandonedGone(placement, cgroup)).every(Boolean)
  if (waitUntil(areGone, endUnit ? SYSTEMD_MS : TIMEOUT_MS) || !endUnit) return
  const isDeserted = (cgroup: PlacedCgroup) => cgroups.includes(cgroup) && pidsBelow(cgroup.directory).length === 0
  if (placedCgroups(placement).filter(isManaged).every(isDeserted)) endUnit()
  waitUntil(areGone, TIMEOUT_MS)
}

function isAbandonedGone({ unit }: CgroupPlacement, cgroup: PlacedCgroup): boolean {
  return unit !== undefined && isManaged(cgroup) ? !existsSync(cgroup.directory) : tryRemove(cgroup.directory)
}

/** Removes the parents that were missing before the container came, if nobody uses them. */
export function removeParents(placement: CgroupPlacement): void {
  for (const parent of [...(placement.missingParents ?? [])].reverse()) tryRemove(parent)
}

/** Removes directories made by `createCgroups`, listed parents first; others may use the parents by now. */
export function removeMade(made: readonly string[]): void {
  const isParent = (directory: string) => made.some((other) => other.startsWith(`${directory}/`))
  for (const directory of [...made].reverse()) {
    if (isParent(directory)) tryRemove(directory)
    else removeCgroup(directory)
  }
}

/** rmdir(2) says EBUSY for a cgroup with children as well as for one with processes, even dying ones. */
function removeCgroup(directory: string): void {
  // Where somebody lives, even the empty cgroups below may be theirs.
  const removeUninhabited = () => pidsBelow(directory).length === 0 && removeTree(directory)
  if (tryRemove(directory) || waitUntil(removeUninhabited, TIMEOUT_MS)) return
  const pids = pidsBelow(directory)
  try {
    rmdirSync(directory)
  } catch (error) {
    if (isGone(error)) return
    throw failedTo('CGROUP_FAILED', `cannot remove cgroup ${directory}`, error, {
      path: directory,
      ...(pids.length > 0 ? { hint: `these processes are still in it: ${pids.join(', ')}` } : {}),
    })
  }
}

function removeTree(directory: string): boolean {
  visitCgroupsBelow(directory, { leave: tryRemove })
  return tryRemove(directory)
}

function tryRemove(directory: string | Buffer): boolean {
  try {
    rmdirSync(directory)
    return true
  } catch (error) {
    if (isGone(error)) return true
    const errno = errnoOf(error)
    if (errno === 'EBUSY' || errno === 'ENOTEMPTY') return false
    throw failedTo('CGROUP_FAILED', `cannot remove cgroup ${directory}`, error, { path: String(directory) })
  }
}
