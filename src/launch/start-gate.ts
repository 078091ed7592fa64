// SPDX-License-Identifier: Apache-2.0

import { errnoName } from '../errors/errno-names.ts'
import { errnoText } from '../errors/errno-text.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import { receiveMessage } from '../sys/socket-message.ts'
import { connectAt } from '../sys/unix-socket.ts'
import { MESSAGE_SIZE, parseShimMessage } from './control-messages.ts'

/**
 * Opens the start gate of the container whose socket is `name` in an open directory and waits until execve(2) has
 * taken over. Throws ECONNREFUSED when the container's process is gone, and the reason when the program cannot run.
 */
export function knock(directory: number, name: string): void {
  const gate = connectAt(directory, name)
  try {
    const greeting = receiveMessage(gate.number, MESSAGE_SIZE)
    if (greeting === undefined) throw gone()
    const answer = receiveMessage(gate.number, MESSAGE_SIZE)
    if (answer === undefined) return
    const message = parseShimMessage(answer.bytes)
    if (message.type !== 'failed') throw new RuntimeError('BUG', `the start gate answers with ${message.type}`)
    const errno = errnoName(message.error)
    throw new RuntimeError('LAUNCH_STEP_FAILED', `exec ${message.detail}: ${errnoText(errno)}`, {
      syscall: message.syscall,
      errno,
      pointer: message.syscall === 'execve' ? '/process/args/0' : '/linux/seccomp',
    })
  } finally {
    gate.close()
  }
}

function gone(): RuntimeError {
  return new RuntimeError('SHIM_LOST', 'the container process ended before it could be started')
}
