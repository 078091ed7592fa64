// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'
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

/** A file of /proc or cgroupfs, whose size is not known before: `readFileSync` would take 256 KiB for each under Bun. */
export function readKernelFile(path: string): string {
  const buffer = Buffer.allocUnsafe(16 * 1024)
  const fd = openSync(path, constants.O_RDONLY)
  try {
    const parts: Buffer[] = []
    for (;;) {
      const length = readSync(fd, buffer, 0, buffer.length, null)
      if (length === 0) return Buffer.concat(parts).toString()
      parts.push(Buffer.from(buffer.subarray(0, length)))
    }
  } finally {
    closeSync(fd)
  }
}

/** The trimmed content of a cgroup file, or undefined when it or its cgroup does not exist (any more). */
export function readCgroupFile(path: string): string | undefined {
  try {
    return readKernelFile(path).trim()
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
