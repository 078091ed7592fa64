// SPDX-License-Identifier: Apache-2.0
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { errnoOf, failedTo, RuntimeError } from '../errors/runtime-error.ts'
import { freezerOf } from './host-freezer.ts'
import { pidsBelow } from './host-processes.ts'
import { removeMade } from './host-remove-cgroups.ts'
import { type CgroupPlacement, type PlacedCgroup, placedCgroups } from './place-cgroup.ts'
import { inheritCpuset } from './v1/host-cpuset.ts'
import { enableControllers } from './v2/host-controllers.ts'

const NOT_DELEGATED =
  'leave out linux.cgroupsPath and --rootless false, or choose a cgroup that is delegated to this user (systemd-run --user --scope -p Delegate=yes)'

const READ_ONLY =
  'the cgroups are mounted read-only: in a container, have its mount of type "cgroup" without the option "ro"'

/** Makes every directory of a placement and returns the new ones, parents first. On failure removes those again. */
export function createCgroups(placement: CgroupPlacement): string[] {
  const made: string[] = []
  try {
    for (const cgroup of placedCgroups(placement)) made.push(...createCgroup(cgroup, placement))
    refuseFrozen(placement, made)
    return made
  } catch (error) {
    removeMade(made)
    throw error
  }
}

function createCgroup(cgroup: PlacedCgroup, placement: CgroupPlacement): string[] {
  const made = makeDirectories(cgroup.directory)
  try {
    if (!made.includes(cgroup.directory)) refuseOccupied(cgroup.directory)
    if (cgroup.controllers.includes('cpuset')) inheritCpuset(cgroup, made)
    if (placement.mode === 'v2') enableControllers(cgroup)
    return made
  } catch (error) {
    removeMade(made)
    throw error
  }
}

/** Returns the new ones, parents first. Tried again when a parent vanishes in between, because another container's end removed it as empty. */
export function makeDirectories(directory: string): string[] {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const first = mkdirSync(directory, { recursive: true, mode: 0o755 })
      return first === undefined ? [] : pathsBetween(first, directory)
    } catch (error) {
      const errno = errnoOf(error)
      if (errno === 'ENOENT' && attempt < 10) continue
      throw failedTo('CGROUP_FAILED', `${RUNC_PHRASES.cgroupNotApplied}: cannot create cgroup ${directory}`, error, {
        path: directory,
        pointer: '/linux/cgroupsPath',
        ...(errno === 'EACCES' && { hint: NOT_DELEGATED }),
        ...(errno === 'EROFS' && { hint: READ_ONLY }),
      })
    }
  }
}

function pathsBetween(first: string, last: string): string[] {
  const paths = [last]
  for (let path = last; path.length > first.length; ) {
    path = dirname(path)
    paths.unshift(path)
  }
  return paths
}

export function refuseOccupied(directory: string): void {
  const count = pidsBelow(directory).length
  if (count === 0) return
  throw new RuntimeError('CGROUP_FAILED', `container's cgroup is not empty: ${count} process(es) found`, {
    path: directory,
    pointer: '/linux/cgroupsPath',
    hint: 'another container uses the same cgroupsPath, or processes of an earlier one are still alive',
  })
}

/** A process that enters a frozen cgroup, or one below a frozen parent, would stop for ever. */
export function refuseFrozen(placement: CgroupPlacement, made: readonly string[]): void {
  const freezer = freezerOf(placement)
  if (freezer === undefined) return
  // The root cannot be frozen, so a new cgroup right below it need not be asked.
  if (made.includes(freezer.directory) && dirname(freezer.directory) === freezer.mountpoint) return
  if (!freezer.isHeldFrozen(freezer.directory)) return
  throw new RuntimeError('CGROUP_FAILED', "container's cgroup unexpectedly frozen", {
    path: freezer.directory,
    pointer: '/linux/cgroupsPath',
    hint: 'thaw the parent cgroup first',
  })
}
