// SPDX-License-Identifier: Apache-2.0
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import { isGone, writeCgroupFile } from './host-cgroup-file.ts'
import { type Freezer, freezerOf } from './host-freezer.ts'
import { pidsBelow } from './host-processes.ts'
import { type CgroupPlacement, type PlacedCgroup, placedCgroups } from './place-cgroup.ts'

/** SIGKILL for all processes of a placement: at once by cgroup.kill (kernel 5.14), else one by one while frozen. */
export function killCgroups(placement: CgroupPlacement): void {
  const [first] = placedCgroups(placement)
  if (first === undefined) return
  const isKilled = placement.unified !== undefined && killUnified(placement.unified.directory)
  if (placement.mode === 'v2' && isKilled) return
  const freezer = freezerOf(placement)
  if (!isKilled && freezer !== undefined && pidsBelow(first.directory).length > 0) tryFreeze(freezer)
  for (const pid of pidsBelow(first.directory)) killProcess(pid)
  // A process that the v1 freezer holds only dies when it is let go.
  freezer?.thaw(freezer.directory)
}

/** Frozen processes cannot fork away from the list of pids; those that cannot be frozen are killed all the same. */
function tryFreeze(freezer: Freezer & PlacedCgroup): void {
  try {
    freezer.freeze(freezer.directory)
  } catch {
    // Already thawed again by freeze.
  }
}

function killUnified(directory: string): boolean {
  try {
    writeCgroupFile(`${directory}/cgroup.kill`, '1')
    return true
  } catch (error) {
    if (isGone(error)) return false
    throw failedTo('CGROUP_FAILED', `cannot kill the processes of ${directory}`, error)
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return
    throw failedTo('CGROUP_FAILED', `cannot kill process ${pid} of the container's cgroup`, error)
  }
}
