// SPDX-License-Identifier: Apache-2.0

import { SIGNALS } from '../errors/signal-names.ts'
import type { ProcessEnd } from '../sys/process.ts'
import { blockSignals, signalDescriptor } from '../sys/signal-descriptor.ts'
import { blockUntilEnd, sendSignalTo, untilEnd } from './until-end.ts'

/** SIGCHLD, SIGWINCH and SIGURG are not passed on, as in runc; the others cannot be caught or mean a crash of ours. */
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

export interface SignalForwarding {
  /** They wait for a descriptor, and do not act in any thread. */
  readonly areBlocked: boolean
  /** How the process, a child of this one, ends; until then it gets every signal, and those that came before. */
  untilEnd(pid: number): Promise<ProcessEnd>
  stop(): void
}

/** Catches every signal that is meant for the container, from now on. */
export function forwardSignals(): SignalForwarding {
  const numbers = [...forwardedSignals().keys()]
  // Blocked as long as there is one thread, for who relays a terminal; otherwise it is ignored as it always is.
  if (!blockSignals([...numbers, SIGNALS.SIGWINCH])) return forwardByHandlers()
  const descriptor = signalDescriptor(numbers)
  return {
    areBlocked: true,
    untilEnd: async (pid) => blockUntilEnd(pid, descriptor),
    stop: () => descriptor.close(),
  }
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
    untilEnd: (pid) => {
      target = pid
      for (const number of waiting.splice(0)) sendSignalTo(pid, number)
      return untilEnd(pid)
    },
    stop: () => {
      for (const name of names) process.removeListener(name, forward)
    },
  }
}

/** One name a number: SIGIOT is SIGABRT, SIGPOLL is SIGIO, and a signal must not be passed on twice. */
export function forwardedSignals(): Map<number, NodeJS.Signals> {
  const names = new Map<number, NodeJS.Signals>()
  for (const [name, number] of Object.entries(SIGNALS)) {
    if (!names.has(number) && !KEPT.includes(name)) names.set(number, name as NodeJS.Signals)
  }
  return names
}
