// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readSync } from 'node:fs'
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import { waitReadable } from '../sys/poll.ts'
import { LARGEST_DOCUMENT } from '../sys/regular-file.ts'

/** The content of a file, or of standard input for `-`. Throws OPTION_INVALID. */
export function readInput(file: string): Uint8Array {
  try {
    return file === '-' ? readToEnd(0) : readDocument(file)
  } catch (error) {
    throw failedTo('OPTION_INVALID', `cannot read ${file === '-' ? 'standard input' : file}`, error, { path: file })
  }
}

/** The content of a file that may be a pipe, but has an end. */
export function readDocument(path: string): Uint8Array {
  const fd = openSync(path, 'r')
  try {
    return readToEnd(fd)
  } finally {
    closeSync(fd)
  }
}

function readToEnd(fd: number): Uint8Array {
  const parts: Uint8Array[] = []
  for (let total = 0; ; ) {
    const buffer = Buffer.alloc(64 * 1024)
    const length = readSome(fd, buffer)
    if (length === 0) return Buffer.concat(parts)
    parts.push(buffer.subarray(0, length))
    total += length
    if (total > LARGEST_DOCUMENT) throw new Error(`it has more than ${LARGEST_DOCUMENT} bytes`)
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
