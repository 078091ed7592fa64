// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import type { CgroupFacts, CgroupMode } from './cgroup-facts.ts'
import type { PlacedUnit } from './systemd/placed-unit.ts'

/** The container's directory in one hierarchy; `controllers` is empty for the unified one. */
export interface PlacedCgroup {
  readonly controllers: readonly string[]
  readonly mountpoint: string
  readonly directory: string
}

/** Where a container's cgroups are: plain JSON, enough to find, stop and remove them after a crash. */
export interface CgroupPlacement {
  readonly mode: CgroupMode
  readonly hierarchies: readonly PlacedCgroup[]
  readonly unified?: PlacedCgroup
  /** Parents that did not exist when the container came, to be removed with it: see `noteMissingParents`. */
  readonly missingParents?: readonly string[]
  /** Of cgroups that are not the container's yet: those that were there before it. See `host-claim.ts`. */
  readonly found?: readonly string[]
  /** Of those that are: the number by which the kernel knows this one from others of its name. */
  readonly inode?: string
  /** The unit that systemd makes and removes these cgroups for, with the systemd driver. */
  readonly unit?: PlacedUnit
}

/** What a process opens and enters: v1 `tasks` files to write "0" to, and the v2 directory to be cloned into. */
export interface CgroupEntrance {
  readonly enterFiles: readonly string[]
  readonly cloneInto?: string
  readonly isMoved?: true
}

/**
 * `linux.cgroupsPath` in every hierarchy, as runc places it: an absolute path below each mountpoint, a relative one
 * (by default the id) below the own v1 cgroup, or beside the own v2 cgroup, which has processes and so cannot have
 * children with controllers. Throws SPEC_INVALID for a path that climbs out.
 */
export function placeCgroup(cgroupsPath: string | undefined, containerId: string, facts: CgroupFacts): CgroupPlacement {
  const path = cgroupsPath || containerId
  const names = cgroupNames(path)
  const below = (mountpoint: string, parent: string) =>
    [mountpoint, ...(path.startsWith('/') ? [] : ownNames(parent)), ...names].join('/')
  const hierarchies = facts.hierarchies.map(({ controllers, mountpoint, ownPath }) => ({
    controllers,
    mountpoint,
    directory: below(mountpoint, ownPath),
  }))
  if (facts.unified === undefined) return { mode: facts.mode, hierarchies }
  const { mountpoint, ownPath } = facts.unified
  const parent = facts.mode === 'v2' ? ownPath.slice(0, ownPath.lastIndexOf('/')) : ownPath
  const unified = { controllers: [], mountpoint, directory: below(mountpoint, parent) }
  return { mode: facts.mode, hierarchies, unified }
}

/**
 * How a process joins these cgroups. It is the `tasks` file, because a single thread that moves itself skips the
 * global lock which a write to `cgroup.procs` takes (cgroup_threadgroup_rwsem).
 */
export function entranceOf(placement: CgroupPlacement): CgroupEntrance {
  const enterFiles = placement.hierarchies.map(({ directory }) => `${directory}/tasks`)
  return placement.unified === undefined ? { enterFiles } : { enterFiles, cloneInto: placement.unified.directory }
}

/** Of a process that is moved there. */
export const MOVED: CgroupEntrance = { enterFiles: [], isMoved: true }

/** The same for the first process: systemd only makes cgroups for a process that exists, and moves it. */
export function creationEntrance(placement: CgroupPlacement): CgroupEntrance {
  return placement.unit === undefined ? entranceOf(placement) : MOVED
}

/** Every directory of the placement, the unified one last. */
export function placedCgroups(placement: CgroupPlacement): readonly PlacedCgroup[] {
  return placement.unified === undefined ? placement.hierarchies : [...placement.hierarchies, placement.unified]
}

/** Whether something of the second placement is in a cgroup of the first, or is the same: to kill one is to kill both. */
export function contains(outer: CgroupPlacement, inner: CgroupPlacement): boolean {
  const directories = placedCgroups(outer).map(({ directory }) => `${directory}/`)
  return placedCgroups(inner).some(({ directory }) => directories.some((each) => `${directory}/`.startsWith(each)))
}

/** The directories of a cgroupsPath from the top, with `.` and `..` resolved. */
function cgroupNames(path: string): string[] {
  const names: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') names.push(part)
    else if (names.pop() === undefined) throw unusable(path, 'it leads out of the cgroup tree')
  }
  if (names.length === 0) throw unusable(path, 'it names no cgroup of the container')
  return names
}

function unusable(path: string, reason: string): RuntimeError {
  return new RuntimeError('SPEC_INVALID', `cannot use cgroupsPath "${path}": ${reason}`, {
    pointer: '/linux/cgroupsPath',
  })
}

/** A process outside the root of its cgroup namespace sees itself at `/../…`, which no mount shows. */
function ownNames(path: string): string[] {
  return path.startsWith('/..') ? [] : path.split('/').filter((name) => name !== '')
}
