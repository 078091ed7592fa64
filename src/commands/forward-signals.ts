// SPDX-License-Identifier: Apache-2.0

import { SIGNALS } from '../errors/signal-names.ts'
import { waitReadable } from '../sys/poll.ts'
import type { ProcessEnd } from '../sys/process.ts'
import { blockSignals, signalDescriptor } from '../sys/signal-descriptor.ts'
import { blockUntilEnd, sendSignalTo, untilEnd, type Watched } from './until-end.ts'

/** Where handlers are all there is: these cannot be caught, mean something to Node or would hide a crash of ours. */
const KEPT: readonly string[] = [
  'SIGCHLD',
  'SIGWINCH',
  'SIGURG',
  'SIGKILL',
  'SIGSTOP',
  'SIGSEGV',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGPROF',
]

const PAUSE_MS = 100

export interface SignalForwarding {
  /** They wait for a descriptor, and do not act in any thread. */
  readonly areBlocked: boolean
  /**
   * How the process, a child of this one, ends; until then it gets every signal, and those that came before, and
   * `watched` is served.
   */
  untilEnd(pid: number, watched?: Watched): Promise<ProcessEnd>
  stop(): void
}

/** Catches every signal that is meant for the container, from now on. */
export function forwardSignals(): SignalForwarding {
  const numbers = takenSignals()
  // Blocked as long as there is one thread, for who relays a terminal; otherwise it is ignored as it always is.
  if (!blockSignals([...numbers, SIGNALS.SIGWINCH])) return forwardByHandlers()
  const descriptor = signalDescriptor(numbers)
  return {
    areBlocked: true,
    untilEnd: async (pid, watched) => blockUntilEnd(pid, descriptor, watched),
    stop: () => descriptor.close(),
  }
}

const { SIGKILL, SIGSTOP, SIGURG, SIGWINCH } = SIGNALS
/** 32 and 33 belong to the C library (signal(7)). */
const LEFT_ALONE: readonly number[] = [SIGKILL, SIGSTOP, SIGURG, SIGWINCH, 32, 33]
const LAST_SIGNAL = 64

/** All that can be passed on, real-time signals too, and SIGCHLD, which tells what to reap. */
export function takenSignals(): number[] {
  const numbers: number[] = []
  for (let number = 1; number <= LAST_SIGNAL; number++) if (!LEFT_ALONE.includes(number)) numbers.push(number)
  return numbers
}

/** For a process with threads, as under Node: a blocked signal would still reach one of them. */
function forwardByHandlers(): SignalForwarding {
  const waiting: number[] = []
  let target = 0
  const forward = (_name: string, number: number) => {
    if (target > 0) sendSignalTo(target, number)
    else waiting.push(number)
  }
  const names = [...forwardedSignals().values()]
  for (const name of names) process.on(name, forward)
  return {
    areBlocked: false,
    untilEnd: async (pid, watched) => {
      target = pid
      for (const number of waiting.splice(0)) sendSignalTo(pid, number)
      const timer = watched && setInterval(() => serveReady(watched), PAUSE_MS)
      try {
        return await untilEnd(pid)
      } finally {
        clearInterval(timer)
      }
    },
    stop: () => {
      for (const name of names) process.removeListener(name, forward)
    },
  }
}

function serveReady(watched: Watched): void {
  if (watched.descriptor >= 0 && waitReadable(watched.descriptor, 0)) watched.serve()
}

/** One name a number: SIGIOT is SIGABRT, SIGPOLL is SIGIO, and a signal must not be passed on twice. */
export function forwardedSignals(): Map<number, NodeJS.Signals> {
  const names = new Map<number, NodeJS.Signals>()
  for (const [name, number] of Object.entries(SIGNALS)) {
    if (!names.has(number) && !KEPT.includes(name)) names.set(number, name as NodeJS.Signals)
  }
  return names
}
