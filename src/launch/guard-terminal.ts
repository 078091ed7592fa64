// SPDX-License-Identifier: Apache-2.0
import { planGuard } from '../console/plan-guard.ts'
import type { ChangedTerminal, TerminalGuard } from '../console/terminal-guard.ts'
import { isRuntimeError } from '../errors/runtime-error.ts'
import type { Logger } from '../log/logger.ts'
import { PlanBuilder } from '../plan/plan-builder.ts'
import { openPidfd, sendSignal } from '../sys/pidfd.ts'
import { waitForProcess } from '../sys/process.ts'
import { spawnShim } from './spawn-shim.ts'

const SIGKILL = 9

/**
 * Starts the guard of a terminal: the shim, which waits for the end of its conversation with this process. A process that
 * runs already is not ended because there can be no guard, as where RLIMIT_NPROC is reached: that is told.
 */
export function guardTerminal(terminal: ChangedTerminal, log: Logger): TerminalGuard | undefined {
  try {
    return startGuard(terminal)
  } catch (error) {
    if (!isRuntimeError(error)) throw error
    log.warn(`the modes of the terminal will not come back if runts is killed: ${error.message}`)
    return undefined
  }
}

function startGuard(terminal: ChangedTerminal): TerminalGuard {
  const plan = new PlanBuilder()
  planGuard(terminal, plan)
  const options = { name: 'runts:guard', newSession: true }
  const { pid, control } = spawnShim(plan.build(), [{ number: terminal.fd }], false, options)
  // Now, while the pid is surely its own: it may end before its time and be reaped like an orphan of the container.
  const pidfd = openPidfd(pid)
  return {
    end: () => {
      if (pidfd && sendSignal(pidfd, SIGKILL)) waitForProcess(pid)
      pidfd?.close()
      control.close()
    },
  }
}
