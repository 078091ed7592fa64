// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { type CgroupPlacement, type PlacedCgroup, placedCgroups } from './place-cgroup.ts'

/**
 * The placement with the parents that `create` will have to make. It is to be persisted before they are made, so that
 * even a crash leaves none behind (runtime.md, Delete). Of containers that find the same one missing, the last removes it.
 */
export function noteMissingParents(placement: CgroupPlacement): CgroupPlacement {
  const missingParents: string[] = []
  for (const cgroup of placedCgroups(placement)) {
    const { directory, mountpoint } = cgroup
    if (placement.unit !== undefined && isManaged(cgroup)) continue
    missingParents.push(...missingAbove(directory, mountpoint))
  }
  return missingParents.length === 0 ? placement : { ...placement, missingParents }
}

/** systemd makes the slices in these hierarchies and removes them with their units; nobody does in the others of v1. */
export function isManaged({ controllers }: PlacedCgroup): boolean {
  return controllers.length === 0 || controllers.some((controller) => MANAGED.includes(controller))
}

const MANAGED: readonly string[] = ['name=systemd', 'cpu', 'memory', 'pids', 'devices', 'blkio']

function missingAbove(directory: string, mountpoint: string): string[] {
  const missing: string[] = []
  for (let path = dirname(directory); path.length > mountpoint.length && !existsSync(path); path = dirname(path)) {
    missing.unshift(path)
  }
  return missing
}
