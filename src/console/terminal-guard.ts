// SPDX-License-Identifier: Apache-2.0

/** A terminal whose modes this process is about to change, as struct termios of the kernel. */
export interface ChangedTerminal {
  readonly fd: number
  readonly changed: Uint8Array
  readonly saved: Uint8Array
}

/** A process that gives the saved modes back, should this one end in a way that it cannot react to. */
export interface TerminalGuard {
  /** The modes are back, or another's: the guard ends without doing anything, and is gone on return. */
  end(): void
}

/** Undefined where there can be none, which has been told. */
export type GuardTerminal = (terminal: ChangedTerminal) => TerminalGuard | undefined
