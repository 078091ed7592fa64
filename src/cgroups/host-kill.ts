// SPDX-License-Identifier: Apache-2.0
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import type { Fd } from '../sys/fd.ts'
import { openPidfd, sendSignal } from '../sys/pidfd.ts'
import { isGone, writeCgroupFile } from './host-cgroup-file.ts'
import { freezerOf, tryFreeze } from './host-freezer.ts'
import { pidsBelow } from './host-processes.ts'
import { waitUntil } from './host-wait.ts'
import { type CgroupPlacement, placedCgroups } from './place-cgroup.ts'

const SIGKILL = 9
/** Descriptors open at a time, well below the usual limit of 1024. */
const BATCH = 256
const PATIENCE_MS = 2_000

/** SIGKILL for all processes of a placement: at once by cgroup.kill (kernel 5.14), else one by one while frozen. */
export function killCgroups(placement: CgroupPlacement): void {
  const [first] = placedCgroups(placement)
  if (first === undefined) return
  const isKilled = placement.unified !== undefined && killUnified(placement.unified.directory)
  if (placement.mode === 'v2' && isKilled) return
  const freezer = freezerOf(placement)
  // Frozen processes cannot fork away from the list of pids; where they do not stop, the list is gone through again.
  const isFrozen = !isKilled && freezer !== undefined && tryFreeze(freezer)
  if (isFrozen) killListed(first.directory)
  // A process that the v1 freezer holds only dies when it is let go.
  freezer?.thawForKill(freezer.directory)
  if (!isFrozen) waitUntil(() => killListed(first.directory) === 0, PATIENCE_MS)
}

function killUnified(directory: string): boolean {
  try {
    writeCgroupFile(`${directory}/cgroup.kill`, '1')
    return true
  } catch (error) {
    // A threaded cgroup cannot end whole processes.
    if (isGone(error) || errnoOf(error) === 'EOPNOTSUPP') return false
    throw failedTo('CGROUP_FAILED', `cannot kill the processes of ${directory}`, error)
  }
}

/** How many processes there were. */
function killListed(directory: string): number {
  const pids = pidsBelow(directory)
  for (let from = 0; from < pids.length; from += BATCH) killBatch(directory, pids.slice(from, from + BATCH))
  return pids.length
}

/** Who is listed again once the descriptor is open is the process it means: the pid cannot have gone to a stranger. */
function killBatch(directory: string, pids: readonly number[]): void {
  const open: [pid: number, process: Fd][] = []
  try {
    for (const pid of pids) {
      const process = openPidfd(pid)
      if (process !== undefined) open.push([pid, process])
    }
    const listed = new Set(pidsBelow(directory))
    for (const [pid, process] of open) if (listed.has(pid)) sendSignal(process, SIGKILL)
  } catch (error) {
    throw failedTo('CGROUP_FAILED', `cannot kill the processes of ${directory}`, error)
  } finally {
    for (const [, process] of open) process.close()
  }
}
