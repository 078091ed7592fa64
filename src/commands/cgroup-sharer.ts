// SPDX-License-Identifier: Apache-2.0
import { type CgroupPlacement, contains } from '../cgroups/place-cgroup.ts'
import { isRuntimeError } from '../errors/runtime-error.ts'
import { type ContainerRecord, findRecord } from '../state/container-record.ts'
import { isAlive } from '../state/process-identity.ts'
import { listContainerIds } from '../state/state-directory.ts'

/**
 * Another living container of this root in the cgroup of this one or below it: `create` takes an empty cgroup, which may
 * be that of a container that has ended and was not deleted.
 */
export function sharerOfCgroup(root: string, record: ContainerRecord): string | undefined {
  return listContainerIds(root)?.find((id) => {
    const other = id === record.id ? undefined : readIfWhole(root, id)
    return other !== undefined && livesIn(record.cgroup as CgroupPlacement, other)
  })
}

function livesIn(placement: CgroupPlacement, other: ContainerRecord): boolean {
  if (other.cgroup === undefined || !contains(placement, other.cgroup as CgroupPlacement)) return false
  return isAlive(other) || (other.phase === 'creating' && isAlive(other.creator))
}

/** A damaged record names no cgroup. */
function readIfWhole(root: string, id: string): ContainerRecord | undefined {
  try {
    return findRecord(root, id)
  } catch (error) {
    if (isRuntimeError(error)) return undefined
    throw error
  }
}
