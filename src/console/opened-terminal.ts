// SPDX-License-Identifier: Apache-2.0
import type { Fd } from '../sys/fd.ts'
import type { ForegroundTerminal } from './foreground-terminal.ts'

/** A way to somebody else, who gets the terminal. */
export interface SentTerminal {
  readonly kind: 'sent'
  /** While the process waits; what is not taken (`release`) is closed by the caller. Throws TERMINAL_FAILED. */
  take(master: Fd, slave: Fd): void
  /** Gives back all that is open, at the end or after a failure; twice is fine. */
  close(): void
}

/** Where the terminal of a container's process goes on the host: opened before anything of the container is made. */
export type OpenedTerminal = SentTerminal | ForegroundTerminal
