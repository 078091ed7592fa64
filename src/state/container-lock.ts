// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { errnoOf, failedTo, RuntimeError } from '../errors/runtime-error.ts'

/** flock(2) with LOCK_EX | LOCK_NB: true when the lock is ours, false when somebody else has it. */
export type TryFlock = (fd: number) => boolean

export interface ContainerLock {
  release(): void
  [Symbol.dispose](): void
}

const PATIENCE_MS = 10_000
const PAUSE_MS = 5

/**
 * Takes the lock of a container's state directory. The kernel lets go of it with the process, however that dies. A
 * directory that was deleted, or deleted and made anew, while we waited is CONTAINER_NOT_FOUND. Waiting ends after ten
 * seconds with an error, because a hook of the command that holds the lock may be the one who waits.
 */
export function lockContainer(directory: string, tryFlock: TryFlock, patienceMs = PATIENCE_MS): ContainerLock {
  const fd = openDirectory(directory)
  const release = () => closeSync(fd)
  try {
    waitForLock(fd, directory, tryFlock, patienceMs)
    if (!isStill(fd, directory)) throw notFound()
  } catch (error) {
    release()
    throw error
  }
  return { release, [Symbol.dispose]: release }
}

function openDirectory(directory: string): number {
  try {
    return openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw notFound()
    throw failedTo('STATE_UNREADABLE', `cannot open the state directory ${directory}`, error)
  }
}

function waitForLock(fd: number, directory: string, tryFlock: TryFlock, patienceMs: number): void {
  const deadline = performance.now() + patienceMs
  while (!tryFlock(fd)) {
    if (performance.now() >= deadline) throw busy(directory, patienceMs)
    sleep(PAUSE_MS)
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** Our descriptor keeps the old inode, so its number cannot come back as another directory. */
function isStill(fd: number, directory: string): boolean {
  const now = statSync(directory, { throwIfNoEntry: false, bigint: true })
  const ours = fstatSync(fd, { bigint: true })
  return now?.ino === ours.ino && now.dev === ours.dev
}

function notFound(): RuntimeError {
  return new RuntimeError('CONTAINER_NOT_FOUND', RUNC_PHRASES.containerNotFound)
}

function busy(directory: string, patienceMs: number): RuntimeError {
  const container = basename(directory)
  return new RuntimeError(
    'CONTAINER_STATUS',
    `cannot lock container "${container}": another command has held it for ${patienceMs / 1000} s`,
  )
}
