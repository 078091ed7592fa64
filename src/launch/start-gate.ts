// SPDX-License-Identifier: Apache-2.0

import { errnoName } from '../errors/errno-names.ts'
import { errnoText } from '../errors/errno-text.ts'
import { hintFor } from '../errors/hints.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import { connectAt } from '../sys/unix-socket.ts'
import type { StepFailure } from './control-messages.ts'
import { HookReport } from './hook-report.ts'
import { nextOf } from './next-message.ts'

/**
 * Opens the start gate of the container whose socket is `name` in an open directory, and whose process is `pid`, and
 * waits until execve(2) has taken over, after the startContainer hooks. Throws ECONNREFUSED when the container's process is gone, and the reason
 * when the program cannot run.
 */
export function knock(directory: number, name: string, pid: number): void {
  const gate = connectAt(directory, name)
  try {
    if (nextOf(pid, gate.number) === undefined) throw gone('it could be started')
    let executing = false
    const hooks = new HookReport()
    for (let message = nextOf(pid, gate.number); message; message = nextOf(pid, gate.number)) {
      if (message.type === 'failed') throw hooks.failure(message) ?? execFailed(message)
      if (message.type === 'executing') executing = true
      else if (message.type === 'output' || message.type === 'hook') hooks.add(message)
      else throw new RuntimeError('BUG', `the start gate answers with ${message.type}`)
    }
    if (!executing) throw gone('its program was executed')
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

function gone(before: string): RuntimeError {
  return new RuntimeError('SHIM_LOST', `the container process ended before ${before}`)
}
