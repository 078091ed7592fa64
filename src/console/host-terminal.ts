// SPDX-License-Identifier: Apache-2.0
import { constants, openSync } from 'node:fs'
import { errnoText } from '../errors/errno-text.ts'
import { errnoOf, RuntimeError } from '../errors/runtime-error.ts'
import { Fd } from '../sys/fd.ts'
import { isInForeground, rawModes, readModes, readWindowSize, writeModes } from '../sys/terminal.ts'
import type { GuardTerminal, TerminalGuard } from './terminal-guard.ts'

/** The terminal that this command was called from, with the modes that it had. */
export class HostTerminal {
  readonly #fd: number
  readonly #opened: Fd | undefined
  readonly #modes = [0, 1].map(readModes)
  readonly #guardTerminal: GuardTerminal
  #guard: TerminalGuard | undefined
  #isRaw = false

  /** The terminal of a standard stream or, as in runc, the controlling one. Throws TERMINAL_FAILED without any. */
  constructor(guardTerminal: GuardTerminal) {
    this.#guardTerminal = guardTerminal
    const stream = [0, 1, 2].find((fd) => readModes(fd) !== undefined)
    this.#opened = stream === undefined ? openControlling() : undefined
    this.#fd = stream ?? (this.#opened as Fd).number
  }

  /** Whether keys pressed there come to this process: only then its modes are changed. */
  get gives(): boolean {
    return this.#modes[0] !== undefined
  }

  /** Whether output goes there unseen by others; what is printed elsewhere is not for its eyes. */
  get shows(): boolean {
    return this.gives && this.#modes[1] !== undefined
  }

  /** It was closed at its other end. */
  get isGone(): boolean {
    return this.gives && readModes(0) === undefined
  }

  get isRaw(): boolean {
    return this.#isRaw
  }

  get size(): Uint8Array | undefined {
    return readWindowSize(this.#fd)
  }

  /** Makes it raw, or raw again after somebody else had it. Not from the background, where it is another's. */
  makeRaw(): void {
    const [modes] = this.#modes
    if (modes === undefined || !isInForeground(0)) return
    const raw = rawModes(modes, !this.shows)
    this.#guard ??= this.#guardTerminal({ fd: 0, changed: raw, saved: modes })
    try {
      writeModes(0, raw)
      this.#isRaw = true
    } catch (error) {
      // EIO: an orphaned process group has no terminal to itself any more.
      if (errnoOf(error) !== 'EIO') throw error
    }
  }

  /** Gives back the modes it had, unless it is another's by now; twice is fine. */
  close(): void {
    this.#opened?.close()
    try {
      this.#restore()
    } finally {
      this.#guard?.end()
      this.#guard = undefined
    }
  }

  #restore(): void {
    const [modes] = this.#modes
    if (!this.#isRaw || modes === undefined) return
    this.#isRaw = false
    if (!isInForeground(0)) return
    try {
      writeModes(0, modes)
    } catch (error) {
      if (errnoOf(error) !== 'EIO') throw error
    }
  }
}

function openControlling(): Fd {
  try {
    return new Fd(openSync('/dev/tty', constants.O_RDONLY | constants.O_NOCTTY))
  } catch (error) {
    const errno = errnoOf(error) ?? ''
    throw new RuntimeError('TERMINAL_FAILED', `open /dev/tty: ${errnoText(errno)}`, {
      errno,
      hint: 'process.terminal needs a terminal here, or --detach with --console-socket',
      cause: error,
    })
  }
}
