// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs'
import { errnoOf, failedTo } from '../errors/runtime-error.ts'

/** Writes to an existing cgroup file. It is never opened with O_CREAT: cgroupfs answers that with EACCES, not ENOENT. */
export function writeCgroupFile(path: string, value: string): void {
  const fd = openSync(path, constants.O_WRONLY)
  try {
    writeSync(fd, value)
  } finally {
    closeSync(fd)
  }
}

/** The trimmed content of a cgroup file, or undefined when it or its cgroup does not exist (any more). */
export function readCgroupFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (isGone(error)) return undefined
    throw failedTo('CGROUP_FAILED', `cannot read ${path}`, error, { path })
  }
}

/** ENODEV is what a file of a cgroup says that was removed after it was opened, ESRCH one of a process that has ended. */
export function isGone(error: unknown): boolean {
  const errno = errnoOf(error)
  return errno === 'ENOENT' || errno === 'ENODEV' || errno === 'ESRCH'
}
