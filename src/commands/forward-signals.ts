// SPDX-License-Identifier: Apache-2.0
import { SIGNALS } from './signal-names.ts'

/** SIGCHLD, SIGWINCH and SIGURG are not passed on, as in runc; the others cannot be caught or mean a crash of ours. */
const KEPT = new Set([
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
])

export interface SignalForwarding {
  /** From now on, and for those that came before, signals go to this process. */
  to(pid: number): void
  stop(): void
}

/** Catches every signal that is meant for the container; those that come before there is one wait for it. */
export function forwardSignals(): SignalForwarding {
  const waiting: number[] = []
  let target = 0
  const forward = (_name: string, number: number) => {
    if (target > 0) send(target, number)
    else waiting.push(number)
  }
  const names = forwardedSignals()
  for (const name of names) process.on(name, forward)
  return {
    to: (pid) => {
      target = pid
      for (const number of waiting.splice(0)) send(pid, number)
    },
    stop: () => {
      for (const name of names) process.removeListener(name, forward)
    },
  }
}

/** One name a number: SIGIOT is SIGABRT, SIGPOLL is SIGIO, and a signal must not be passed on twice. */
function forwardedSignals(): NodeJS.Signals[] {
  const names = new Map<number, string>()
  for (const [name, number] of Object.entries(SIGNALS)) if (!names.has(number)) names.set(number, name)
  return [...names.values()].filter((name) => !KEPT.has(name)) as NodeJS.Signals[]
}

function send(pid: number, number: number): void {
  try {
    process.kill(pid, number)
  } catch {
    // The process has just ended; its status is about to be collected.
  }
}
