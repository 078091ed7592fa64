// SPDX-License-Identifier: Apache-2.0
import { isShim } from '../state/process-identity.ts'
import { waitReadable } from '../sys/poll.ts'
import { receiveMessage } from '../sys/socket-message.ts'
import { MESSAGE_SIZE, parseShimMessage, type ShimMessage } from './control-messages.ts'

/** How often, in milliseconds, a silent process is looked at. Nobody waits for this in a good launch. */
const PAUSE_MS = 250

/** As many descriptors come along as `given` of a message has, at most. */
const MOST_GIVEN = 2

/** Waits for what the shim says next; undefined at the end of the connection. */
export function next(socket: number, mostGiven = MOST_GIVEN): ShimMessage | undefined {
  const message = receiveMessage(socket, MESSAGE_SIZE, mostGiven)
  return message && parseShimMessage(message.bytes, message.fds)
}

/**
 * The same once programs of the image run: with CAP_SYS_PTRACE they can take a copy of the connection, which then does
 * not end. So it is also over when the process has ended or is the shim no more.
 */
export function nextOf(pid: number, socket: number): ShimMessage | undefined {
  while (!waitReadable(socket, PAUSE_MS)) if (!isShim(pid)) return undefined
  return next(socket, 0)
}
