// SPDX-License-Identifier: Apache-2.0
import type { ForegroundTerminal } from '../console/foreground-terminal.ts'
import { SIGNALS } from '../errors/signal-names.ts'
import { POLL } from '../sys/constants.ts'
import type { ProcessEnd } from '../sys/process.ts'
import { waitForProcess } from '../sys/process.ts'
import type { SignalForwarding } from './forward-signals.ts'
import { type TerminalSignals, terminalSignals } from './terminal-signals.ts'
import { pidfdOfChild, reapChildren, sendSignalTo, type Watched } from './until-end.ts'

const { POLLIN } = POLL
/** What ends a command that has only output left to write. */
const FATAL: readonly number[] = [SIGNALS.SIGHUP, SIGNALS.SIGINT, SIGNALS.SIGQUIT, SIGNALS.SIGTERM]

/**
 * How the process, a child of this one, ends; until then its terminal is relayed to the standard streams of this command
 * and signals are passed on to it, by this instead of `forwarding`. The terminal here is restored however this ends.
 */
export async function relayUntilEnd(
  pid: number,
  terminal: ForegroundTerminal,
  forwarding: SignalForwarding,
  watched?: Watched,
): Promise<ProcessEnd> {
  const signals = terminalSignals(forwarding)
  // Only now: meanwhile a signal would have acted.
  forwarding.stop()
  const pidfd = pidfdOfChild(pid)
  try {
    terminal.enter()
    let end: ProcessEnd | undefined
    for (let ended = false; !ended; ) {
      const always = [signals.fd, pidfd.number, watched?.descriptor ?? -1].map((fd) => ({ fd, events: POLLIN }))
      const wanted = [...always, ...terminal.wanted()]
      const [signalled, isOver, spoke, ...ready] = await signals.wait(wanted, terminal.patience)
      if (spoke) watched?.serve()
      const numbers = signalled ? signals.take() : []
      for (const number of numbers) passOn(number, pid, terminal)
      if (numbers.includes(SIGNALS.SIGCHLD)) end = reapChildren(pid)
      terminal.serve(ready)
      ended = end !== undefined || isOver === true
    }
    await drain(terminal, signals)
    return end ?? waitForProcess(pid)
  } finally {
    terminal.close()
    pidfd.close()
    signals.stop()
  }
}

/** SIGPIPE is about our own output, which says so itself, and SIGCHLD about what is to be reaped. */
function passOn(number: number, pid: number, terminal: ForegroundTerminal): void {
  if (number === SIGNALS.SIGWINCH) terminal.resize()
  else if (number !== SIGNALS.SIGPIPE && number !== SIGNALS.SIGCHLD) sendSignalTo(pid, number)
  if (number === SIGNALS.SIGCONT) terminal.resume()
  if (number === SIGNALS.SIGHUP) terminal.hangUpIfGone()
}

async function drain(terminal: ForegroundTerminal, signals: TerminalSignals): Promise<void> {
  for (let wanted = terminal.drain(); wanted; wanted = terminal.drain()) {
    const [signalled] = await signals.wait([{ fd: signals.fd, events: POLLIN }, wanted])
    if (signalled && signals.take().some((number) => FATAL.includes(number))) return
  }
}
