// SPDX-License-Identifier: Apache-2.0
import { cString } from './c-string.ts'
import { FCNTL } from './constants.ts'
import { Fd } from './fd.ts'
import { structLayout } from './struct-layout.ts'
import { call, callOrErrno, systemCallFailed } from './syscall.ts'

const EAGAIN = 11

/** Takes an exclusive lock on an open file or directory and waits for it (flock(2)); closing the file gives it back. */
export function lockExclusive(fd: number): void {
  call(`cannot lock descriptor ${fd}`, 'flock', fd, FCNTL.LOCK_EX)
}

/** The same without waiting: false when someone else holds a lock. */
export function tryLockExclusive(fd: number): boolean {
  const result = callOrErrno('flock', fd, FCNTL.LOCK_EX | FCNTL.LOCK_NB)
  if (result === -EAGAIN) return false
  if (result < 0) throw systemCallFailed(`cannot lock descriptor ${fd}`, 'flock', -result)
  return true
}

export function unlock(fd: number): void {
  call(`cannot unlock descriptor ${fd}`, 'flock', fd, FCNTL.LOCK_UN)
}

export const open_how = structLayout({ flags: 'u64', mode: 'u64', resolve: 'u64' })

export interface OpenHow {
  /** O_* flags; O_CLOEXEC is added. */
  readonly flags: number
  readonly mode?: number
  /** RESOLVE_* flags. */
  readonly resolve: number
}

/** Opens a path relative to a directory descriptor with openat2(2) (Linux 5.6). */
export function openBeneath(directory: number, path: string, { flags, mode = 0, resolve }: OpenHow): Fd {
  const how = open_how.pack({ flags: BigInt(flags | FCNTL.O_CLOEXEC), mode: BigInt(mode), resolve: BigInt(resolve) })
  const cPath = cString(path)
  return new Fd(call(`cannot open ${path}`, 'openat2', directory, cPath, how, how.length))
}
