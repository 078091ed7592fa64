// SPDX-License-Identifier: Apache-2.0
import { constants, fstatSync, openSync } from 'node:fs'
import { Fd } from '../sys/fd.ts'
import type { FlowEnd } from './flow.ts'

/** A standard stream of this process for use with poll(2); closing it leaves the stream itself open. */
export interface HostStream extends FlowEnd {
  close(): void
}

/**
 * Opens terminals and pipes anew: O_NONBLOCK on the descriptor itself would be everybody's who has it. Files have a
 * position that would not come along, and sockets cannot be opened.
 */
export function openStream(fd: 0 | 1): HostStream {
  const opened = reopen(fd)
  return { fd: opened?.number ?? fd, mayBlock: opened === undefined, close: () => opened?.close() }
}

function reopen(fd: 0 | 1): Fd | undefined {
  const { O_RDONLY, O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants
  try {
    const stat = fstatSync(fd)
    if (!stat.isCharacterDevice() && !stat.isFIFO()) return undefined
    return new Fd(openSync(`/proc/self/fd/${fd}`, (fd === 0 ? O_RDONLY : O_WRONLY) | O_NONBLOCK | O_NOCTTY))
  } catch {
    // EACCES: a terminal of another user, as after su; ENXIO: a pipe without a reader.
    return undefined
  }
}
