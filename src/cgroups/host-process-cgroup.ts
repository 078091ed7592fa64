// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { failedTo } from '../errors/runtime-error.ts'
import { deriveCgroupFacts, parseCgroupMounts, parseProcCgroup } from './cgroup-facts.ts'
import { isGone } from './host-cgroup-file.ts'
import { type CgroupPlacement, placedCgroups } from './place-cgroup.ts'

/** Where a process is now, of the hierarchies that a placement names; undefined when that is the placement itself. */
export function readProcessCgroup(placement: CgroupPlacement, pid: number): CgroupPlacement | undefined {
  try {
    const mounts = parseCgroupMounts(readFileSync('/proc/self/mountinfo', 'utf8'))
    const { hierarchies, unified } = deriveCgroupFacts(
      mounts,
      parseProcCgroup(readFileSync(`/proc/${pid}/cgroup`, 'utf8')),
    )
    const found = {
      mode: placement.mode,
      hierarchies: hierarchies
        .filter(({ mountpoint }) => placement.hierarchies.some((placed) => placed.mountpoint === mountpoint))
        .map((hierarchy) => ({ ...hierarchy, directory: hierarchy.mountpoint + hierarchy.ownPath })),
      ...(placement.unified &&
        unified && { unified: { ...unified, controllers: [], directory: unified.mountpoint + unified.ownPath } }),
    }
    return isSame(found, placement) ? undefined : found
  } catch (error) {
    if (isGone(error)) return undefined
    throw failedTo('CGROUP_FAILED', `cannot find the cgroup of process ${pid}`, error)
  }
}

function isSame(one: CgroupPlacement, other: CgroupPlacement): boolean {
  const directories = (placement: CgroupPlacement) => placedCgroups(placement).map(({ directory }) => directory)
  return directories(one).sort().join() === directories(other).sort().join()
}
