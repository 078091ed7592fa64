// SPDX-License-Identifier: Apache-2.0
import type { OpenedTerminal } from '../console/opened-terminal.ts'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import type { Logger } from '../log/logger.ts'

/** What runc says about terminals and callers that stay or go (its sentences are matched on). */
export function checkTerminal(terminal: boolean, detach: boolean, consoleSocket: string | undefined): void {
  const socket = consoleSocket !== undefined
  if (detach && terminal && !socket) throw new RuntimeError('TERMINAL_USAGE', RUNC_PHRASES.detachedTerminal)
  if ((!detach || !terminal) && socket) throw new RuntimeError('TERMINAL_USAGE', RUNC_PHRASES.uselessConsoleSocket)
}

/** The way to a console socket, or to the terminal of the caller; only the code of that one is loaded. */
export async function openTerminal(consoleSocket: string | undefined, log: Logger): Promise<OpenedTerminal> {
  if (consoleSocket !== undefined) {
    return (await import('../console/host-console-socket.ts')).connectConsoleSocket(consoleSocket)
  }
  const { openForegroundTerminal } = await import('../console/foreground-terminal.ts')
  const { guardTerminal } = await import('../launch/guard-terminal.ts')
  return openForegroundTerminal((terminal) => guardTerminal(terminal, log))
}
