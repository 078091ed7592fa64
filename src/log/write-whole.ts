// SPDX-License-Identifier: Apache-2.0
import { writeSync } from 'node:fs'
import { errnoOf } from '../errors/runtime-error.ts'

const PAUSE_MS = 2

/** Writes all of a text. A pipe that somebody made non-blocking may be full: its reader is waited for, as everywhere. */
export function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written)
    } catch (error) {
      if (errnoOf(error) !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
    }
  }
}
