// SPDX-License-Identifier: Apache-2.0
// Whose a cgroup is. A name says little: others may have had it before `create`, and others may take it afterwards.
import { existsSync, statSync } from 'node:fs'
import { isGone } from './host-cgroup-file.ts'
import { type CgroupPlacement, type PlacedCgroup, placedCgroups } from './place-cgroup.ts'

/**
 * The placement of cgroups that `create` has yet to make. What is there already belongs to somebody else until it was
 * looked into; to be persisted before that, so that nobody's cgroup ends with a `create` that was killed.
 */
export function unclaimed(placement: CgroupPlacement): CgroupPlacement {
  const directories = placedCgroups(placement).map(({ directory }) => directory)
  return { ...placement, found: directories.filter((directory) => existsSync(directory)) }
}

/** The placement once its cgroups are the container's. */
export function claimed({ found: _, ...placement }: CgroupPlacement): CgroupPlacement {
  const inode = inodeOf(placement)
  return inode === undefined ? placement : { ...placement, inode }
}

/** `another`: not the container's yet or not any more; `gone`: nobody's. */
export type Claim = 'own' | 'another' | 'gone'

/** Records without an inode come from older builds, or from containers that have no cgroup. */
export function claimOf(placement: CgroupPlacement): Claim {
  if (placement.found !== undefined) return 'another'
  if (placement.inode === undefined) return 'own'
  const inode = inodeOf(placement)
  if (inode === undefined) return 'gone'
  return inode === placement.inode ? 'own' : 'another'
}

/** One inode speaks for all: whoever makes the cgroups anew makes this one too. The kernel does not use a number again. */
function inodeOf(placement: CgroupPlacement): string | undefined {
  const cgroup = landmarkOf(placement)
  try {
    return cgroup && String(statSync(cgroup.directory, { bigint: true }).ino)
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/** With the systemd driver one that systemd makes and removes with the unit: on v1 it leaves some alone. */
function landmarkOf(placement: CgroupPlacement): PlacedCgroup | undefined {
  const isTracking = ({ controllers }: PlacedCgroup) => controllers.includes('name=systemd')
  return placement.hierarchies.find(isTracking) ?? placement.unified ?? placement.hierarchies[0]
}
