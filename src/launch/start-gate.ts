// SPDX-License-Identifier: Apache-2.0

import { errnoName } from '../errors/errno-names.ts'
import { errnoText } from '../errors/errno-text.ts'
import { hintFor } from '../errors/hints.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import { receiveMessage } from '../sys/socket-message.ts'
import { connectAt } from '../sys/unix-socket.ts'
import { MESSAGE_SIZE, parseShimMessage, type StepFailure } from './control-messages.ts'
import { HookReport } from './hook-report.ts'

/**
 * Opens the start gate of the container whose socket is `name` in an open directory and waits until execve(2) has
 * taken over, after the startContainer hooks. Throws ECONNREFUSED when the container's process is gone, and the reason
 * when the program cannot run.
 */
export function knock(directory: number, name: string): void {
  const gate = connectAt(directory, name)
  try {
    const greeting = receiveMessage(gate.number, MESSAGE_SIZE)
    if (greeting === undefined) throw gone()
    const hooks = new HookReport()
    for (;;) {
      const answer = receiveMessage(gate.number, MESSAGE_SIZE)
      if (answer === undefined) return
      const message = parseShimMessage(answer.bytes)
      if (message.type === 'failed') throw hooks.failure(message) ?? execFailed(message)
      if (message.type !== 'output' && message.type !== 'hook')
        throw new RuntimeError('BUG', `the start gate answers with ${message.type}`)
      hooks.add(message)
    }
  } finally {
    gate.close()
  }
}

function execFailed({ syscall, error, detail }: StepFailure): RuntimeError {
  const errno = errnoName(error)
  const [reason, pointer, hint] =
    syscall === 'seccomp'
      ? [
          `cannot load the seccomp filter: seccomp(2) ${errno} (${errnoText(errno)})`,
          '/linux/seccomp',
          hintFor('load_seccomp', errno),
        ]
      : [`exec ${detail}: ${errnoText(errno)}`, '/process/args/0', hintFor('exec', errno)]
  return new RuntimeError('LAUNCH_STEP_FAILED', reason, { syscall, errno, pointer, ...(hint && { hint }) })
}

function gone(): RuntimeError {
  return new RuntimeError('SHIM_LOST', 'the container process ended before it could be started')
}
