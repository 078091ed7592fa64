// SPDX-License-Identifier: Apache-2.0
import { failedTo, RuntimeError } from '../../errors/runtime-error.ts'
import { isGone, readCgroupFile, writeCgroupFile } from '../host-cgroup-file.ts'
import { waitUntil } from '../host-wait.ts'

const TIMEOUT_MS = 10_000

/** Freezes and waits; thaws again and throws CGROUP_FAILED when not all processes stop in time. */
export function freeze(directory: string, timeoutMs = TIMEOUT_MS): void {
  write(directory, '1')
  if (waitUntil(() => isHeldFrozen(directory), timeoutMs)) return
  thaw(directory)
  throw new RuntimeError('CGROUP_FAILED', `cannot freeze ${directory}: not frozen after ${timeoutMs / 1000} s`, {
    path: `${directory}/cgroup.events`,
    hint: 'a process waits in the kernel without a way to be stopped, see state D in ps',
  })
}

export function thaw(directory: string): void {
  write(directory, '0')
}

/** SIGKILL ends what is frozen here. */
export const thawForKill = thaw

export function isFrozen(directory: string): boolean {
  return readCgroupFile(`${directory}/cgroup.freeze`) === '1'
}

export function isHeldFrozen(directory: string): boolean {
  return readCgroupFile(`${directory}/cgroup.events`)?.includes('frozen 1') ?? false
}

function write(directory: string, value: '0' | '1'): void {
  const path = `${directory}/cgroup.freeze`
  try {
    writeCgroupFile(path, value)
  } catch (error) {
    if (value === '0' && isGone(error)) return
    throw failedTo('CGROUP_FAILED', `cannot set ${path} to ${value}`, error, { path })
  }
}
