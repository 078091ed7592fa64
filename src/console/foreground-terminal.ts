// SPDX-License-Identifier: Apache-2.0
import { POLL } from '../sys/constants.ts'
import { Fd, setNonBlocking } from '../sys/fd.ts'
import type { Wanted } from '../sys/poll.ts'
import { plainNewlines, readModes, writeModes, writeWindowSize } from '../sys/terminal.ts'
import { Flow } from './flow.ts'
import { type HostStream, openStream } from './host-stream.ts'
import { HostTerminal } from './host-terminal.ts'
import type { GuardTerminal } from './terminal-guard.ts'

/** More than a pty ever holds: all that the process wrote before its end is in it, while others may go on writing. */
const MOST_LEFT = 1 << 20
/** How often a command in the background looks whether it has come to the foreground, in milliseconds. */
const BACKGROUND_MS = 1000

/** The terminal of a container's process, as this command's own standard streams. Throws TERMINAL_FAILED. */
export class ForegroundTerminal {
  readonly kind = 'relayed'
  readonly #host: HostTerminal
  #master: Fd | undefined
  /** Held open, so that the master never hangs up while the process lives, whoever has closed the terminal inside. */
  #slave: Fd | undefined
  #streams: readonly [input: HostStream, output: HostStream] | undefined
  #input: Flow | undefined
  #output: Flow | undefined
  #left = MOST_LEFT

  constructor(guardTerminal: GuardTerminal) {
    this.#host = new HostTerminal(guardTerminal)
  }

  take(master: Fd, slave: Fd): void {
    setNonBlocking(master)
    const modes = readModes(slave.number)
    // Nobody but a terminal in raw mode wants the carriage returns.
    if (modes && !this.#host.shows) writeModes(slave.number, plainNewlines(modes))
    this.#master = new Fd(master.release())
    this.#slave = new Fd(slave.release())
    this.resize()
  }

  /** From here on keys are the container's. */
  enter(): void {
    if (this.#master === undefined) return
    const [input, output] = [openStream(0), openStream(1)]
    const master = { fd: this.#master.number, mayBlock: false }
    this.#streams = [input, output]
    this.#input = new Flow(input, master)
    this.#output = new Flow(master, output)
    this.resume()
  }

  /** After a stop, when a shell has had the terminal meanwhile, or on the way to the foreground. */
  resume(): void {
    this.#host.makeRaw()
    this.resize()
  }

  resize(): void {
    const { size } = this.#host
    if (size && this.#master) writeWindowSize(this.#master.number, size)
  }

  /** What to wait for, in the order that `serve` takes the answers. */
  wanted(): Wanted[] {
    const { POLLIN, POLLOUT } = POLL
    const mayRead = !this.#host.gives || this.#host.isRaw
    return [
      { fd: mayRead ? (this.#input?.reads ?? -1) : -1, events: POLLIN },
      { fd: this.#input?.writes ?? -1, events: POLLOUT },
      { fd: this.#output?.reads ?? -1, events: POLLIN },
      { fd: this.#output?.writes ?? -1, events: POLLOUT },
    ]
  }

  /** How long to wait at most, in milliseconds. */
  get patience(): number | undefined {
    return this.#host.gives && !this.#host.isRaw ? BACKGROUND_MS : undefined
  }

  serve([typed, takes, printed, shows]: readonly boolean[]): void {
    if (this.patience !== undefined) this.resume()
    const [input, output] = [this.#input, this.#output]
    // The terminal of the caller is gone: in raw mode nobody can type its end.
    if (typed && input?.fill() === 0 && input.reads < 0 && this.#host.isRaw) this.#hangUp()
    if (takes || input?.flows) input?.flush()
    if (printed) output?.fill()
    if ((shows || output?.flows) && !output?.flush()) this.#hangUp()
  }

  /** What the process left behind goes out; what to wait for before the next call, or undefined when all is out. */
  drain(): Wanted | undefined {
    const output = this.#output
    while (output && this.#left > 0) {
      if (output.writes < 0) {
        const length = output.reads < 0 ? 0 : output.fill()
        if (length === 0) break
        this.#left -= length
      }
      if (!output.flush()) break
      if (output.writes >= 0) return { fd: output.writes, events: POLL.POLLOUT }
    }
    return undefined
  }

  /** After a SIGHUP, which may be about the terminal of the caller or not. */
  hangUpIfGone(): void {
    if (this.#host.isGone) this.#hangUp()
  }

  /** Nobody sees the output any more: as when a terminal is closed, the session inside gets SIGHUP. */
  #hangUp(): void {
    this.#input?.stop()
    this.#output?.stop()
    this.#slave?.close()
    this.#master?.close()
    this.#master = undefined
  }

  close(): void {
    this.#host.close()
    for (const stream of this.#streams ?? []) stream.close()
    this.#slave?.close()
    this.#master?.close()
    this.#master = undefined
  }
}

export function openForegroundTerminal(guardTerminal: GuardTerminal): ForegroundTerminal {
  return new ForegroundTerminal(guardTerminal)
}
