// SPDX-License-Identifier: Apache-2.0
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import { writeWhole } from '../log/write-whole.ts'

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
  try {
    writeWhole(1, text)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EPIPE') return false
    throw failedTo('SYSTEM_CALL_FAILED', 'cannot write to standard output', error)
  }
}
