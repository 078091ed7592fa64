// SPDX-License-Identifier: Apache-2.0
import { writeSync } from 'node:fs'
import { errnoOf, failedTo } from '../errors/runtime-error.ts'

/**
 * Writes to stdout at once and returns exit status 0. process.stdout would cost more than all the rest of a short
 * command (it sets up a stream). A reader that went away is no failure of the command.
 */
export function writeOutput(text: string): 0 {
  writeAll(text)
  return 0
}

/** Standard output for lines that come one after the other; `write` is false when its reader went away. */
export const stdoutReader = { fd: 1, write: writeAll } as const

function writeAll(text: string): boolean {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(1, bytes, written)
    } catch (error) {
      if (errnoOf(error) === 'EPIPE') return false
      if (errnoOf(error) !== 'EAGAIN') throw failedTo('SYSTEM_CALL_FAILED', 'cannot write to standard output', error)
      // A pipe that somebody made non-blocking is full: try again until its reader has caught up.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
    }
  }
  return true
}
