// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readSync } from 'node:fs'
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import { waitReadable } from '../sys/poll.ts'

/** The content of a file, or of standard input for `-`. Throws OPTION_INVALID. */
export function readInput(file: string): Uint8Array {
  try {
    const fd = file === '-' ? 0 : openSync(file, 'r')
    try {
      return readToEnd(fd)
    } finally {
      if (fd !== 0) closeSync(fd)
    }
  } catch (error) {
    throw failedTo('OPTION_INVALID', `cannot read ${file === '-' ? 'standard input' : file}`, error, { path: file })
  }
}

function readToEnd(fd: number): Uint8Array {
  const parts: Uint8Array[] = []
  for (;;) {
    const buffer = Buffer.alloc(64 * 1024)
    const length = readSome(fd, buffer)
    if (length === 0) return Buffer.concat(parts)
    parts.push(buffer.subarray(0, length))
  }
}

/** Somebody may have made the pipe non-blocking. */
function readSome(fd: number, buffer: Uint8Array): number {
  for (;;) {
    try {
      return readSync(fd, buffer)
    } catch (error) {
      if (errnoOf(error) !== 'EAGAIN') throw error
      waitReadable(fd)
    }
  }
}
