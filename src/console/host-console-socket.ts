// SPDX-License-Identifier: Apache-2.0
import { failedTo, isRuntimeError, RuntimeError } from '../errors/runtime-error.ts'
import { utf8 } from '../sys/c-string.ts'
import { sendMessage } from '../sys/socket-message.ts'
import { connectTo } from '../sys/unix-socket.ts'
import type { SentTerminal } from './opened-terminal.ts'

/** How long the receiver may take to accept and read, in milliseconds: one that hangs must not hang every `create`. */
const PATIENCE_MS = 10_000
/** What runc calls the master: receivers want some name, and its own is one of the container's mount namespace. */
const NAME = utf8('/dev/ptmx')

/**
 * Connects to a `--console-socket`, which gets one message: a name as its bytes, and the master alone as
 * SCM_RIGHTS, as runc sends it. Throws TERMINAL_FAILED.
 */
export function connectConsoleSocket(path: string): SentTerminal {
  const socket = orFail(`cannot connect to the console socket ${path}`, () => connectTo(path, 'stream', PATIENCE_MS))
  return {
    kind: 'sent',
    take: (master) => {
      orFail(`cannot send the terminal to the console socket ${path}`, () => {
        sendMessage(socket.number, NAME, [master.number])
      })
    },
    close: () => socket.close(),
  }
}

function orFail<T>(action: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (!isRuntimeError(error)) throw failedTo('TERMINAL_FAILED', action, error)
    // That of connect(2) names the socket itself.
    const message = error.details.syscall === 'connect' ? error.message : `${action}: ${error.message}`
    throw new RuntimeError('TERMINAL_FAILED', message, { ...error.details, cause: error })
  }
}
