// SPDX-License-Identifier: Apache-2.0
import type { OpenedTerminal } from '../console/opened-terminal.ts'

/** The way to a console socket, or to the terminal of the caller; only the code of that one is loaded. */
export async function openTerminal(consoleSocket: string | undefined): Promise<OpenedTerminal> {
  if (consoleSocket !== undefined) {
    return (await import('../console/host-console-socket.ts')).connectConsoleSocket(consoleSocket)
  }
  return (await import('../console/foreground-terminal.ts')).openForegroundTerminal()
}
