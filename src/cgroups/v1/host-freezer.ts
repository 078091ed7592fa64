// SPDX-License-Identifier: Apache-2.0
import { failedTo, RuntimeError } from '../../errors/runtime-error.ts'
import { isGone, readCgroupFile, writeCgroupFile } from '../host-cgroup-file.ts'
import { visitCgroupsBelow } from '../host-cgroup-tree.ts'
import { waitUntil } from '../host-wait.ts'

const TIMEOUT_MS = 10_000
/** After so many looks a thaw in between lets processes that keep forking or wait in vfork get to where they can stop. */
const LOOKS_BEFORE_THAW = 20

/** Freezes and waits; thaws again and throws CGROUP_FAILED when not all processes stop in time. */
export function freeze(directory: string): void {
  let looks = 0
  const isDone = () => {
    looks += 1
    if (looks % LOOKS_BEFORE_THAW === 0) write(directory, 'THAWED')
    // Written every time: a process that joins while freezing is only caught by another write.
    write(directory, 'FROZEN')
    return readCgroupFile(statePath(directory)) !== 'FREEZING'
  }
  if (waitUntil(isDone, TIMEOUT_MS)) return
  thaw(directory)
  throw new RuntimeError('CGROUP_FAILED', `cannot freeze ${directory}: still FREEZING after ${TIMEOUT_MS / 1000} s`, {
    path: statePath(directory),
    hint: 'a process waits in the kernel without a way to be stopped, see state D in ps',
  })
}

export function thaw(directory: string): void {
  write(directory, 'THAWED')
}

export function thawForKill(directory: string): void {
  thaw(directory)
  visitCgroupsBelow(directory, { enter: thaw })
}

export function isFrozen(directory: string): boolean {
  const state = readCgroupFile(statePath(directory))
  return state === 'FROZEN' || state === 'FREEZING'
}

/** freezer.state answers for the parents too. */
export const isHeldFrozen = isFrozen

function write(directory: string, state: 'FROZEN' | 'THAWED'): void {
  const path = statePath(directory)
  try {
    writeCgroupFile(path, state)
  } catch (error) {
    if (state === 'THAWED' && isGone(error)) return
    throw failedTo('CGROUP_FAILED', `cannot set ${path} to ${state}`, error, { path })
  }
}

function statePath(directory: string): string {
  return `${directory}/freezer.state`
}
