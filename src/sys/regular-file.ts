// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'

/** Bytes; the largest documents of engines have a few hundred kilobytes. */
export const LARGEST_DOCUMENT = 64 * 1024 * 1024

/** The content of a file that may be anything: a FIFO or a device in its place is an error, and nothing to wait for. */
export function readRegularFile(path: string): Buffer {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) throw new Error('it is not a regular file')
    if (stat.size > LARGEST_DOCUMENT) throw new Error(`it has ${stat.size} bytes, more than ${LARGEST_DOCUMENT}`)
    return readFileSync(fd)
  } finally {
    closeSync(fd)
  }
}
