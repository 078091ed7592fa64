// SPDX-License-Identifier: Apache-2.0
import { readSync, writeSync } from 'node:fs'
import { SIGNALS } from '../errors/signal-names.ts'
import { createPipe } from '../sys/pipe.ts'
import { untilAnyReady, type Wanted, waitAnyReady } from '../sys/poll.ts'
import { readSignals, signalDescriptor, unblockSignals } from '../sys/signal-descriptor.ts'
import { forwardedSignals, type SignalForwarding, takenSignals } from './forward-signals.ts'

/** The signals of a command with a terminal, as something to wait for beside its streams. */
export interface TerminalSignals {
  /** Readable when signals have come. */
  readonly fd: number
  /** The numbers of those that came since the last call. */
  take(): number[]
  /** poll(2), in the way in which signals come here. */
  wait(wanted: readonly Wanted[], milliseconds?: number): boolean[] | Promise<boolean[]>
  stop(): void
}

/** With them the kernel stops who uses a terminal from the background: that is for this command, not the container. */
const OURS: readonly number[] = [SIGNALS.SIGTTIN, SIGNALS.SIGTTOU]

/** Catches what is passed on, and changes of the size of the terminal, in the way in which `forwarding` does. */
export function terminalSignals({ areBlocked }: SignalForwarding): TerminalSignals {
  if (!areBlocked) return signalsByHandlers(names())
  const taken = takenSignals().filter((number) => !OURS.includes(number))
  const descriptor = signalDescriptor([...taken, SIGNALS.SIGWINCH])
  unblockSignals(OURS)
  return {
    fd: descriptor.number,
    take: () => readSignals(descriptor),
    wait: waitAnyReady,
    stop: () => descriptor.close(),
  }
}

function names(): NodeJS.Signals[] {
  const names = forwardedSignals()
  for (const number of OURS) names.delete(number)
  return [...names.values(), 'SIGWINCH']
}

/** For a process with threads, as under Node: handlers run when its event loop does, and wake it up through a pipe. */
function signalsByHandlers(names: readonly NodeJS.Signals[]): TerminalSignals {
  const { reader, writer } = createPipe()
  let come: number[] = []
  const note = (_name: string, number: number) => {
    if (come.push(number) === 1) writeSync(writer.number, 'x')
  }
  for (const name of names) process.on(name, note)
  return {
    fd: reader.number,
    take: () => {
      const taken = come
      come = []
      if (taken.length > 0) readSync(reader.number, Buffer.alloc(1))
      return taken
    },
    wait: untilAnyReady,
    stop: () => {
      for (const name of names) process.removeListener(name, note)
      reader.close()
      writer.close()
    },
  }
}
