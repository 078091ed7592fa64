// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import type { Fd } from '../sys/fd.ts'
import { openPidfd } from '../sys/pidfd.ts'
import { untilReadable, waitAnyReadable } from '../sys/poll.ts'
import type { ProcessEnd } from '../sys/process.ts'
import { killProcess, reapAny, waitForProcess } from '../sys/process.ts'
import { readSignals } from '../sys/signal-descriptor.ts'

const SIGCHLD = 17

/**
 * How a child of this process ends; the event loop goes on meanwhile. Its status may come a little after the pidfd is
 * readable: a tracer sees it first (ptrace(2)).
 */
export async function untilEnd(pid: number): Promise<ProcessEnd> {
  const pidfd = pidfdOfChild(pid)
  try {
    await untilReadable(pidfd.number)
    return waitForProcess(pid)
  } finally {
    pidfd.close()
  }
}

/** Something that wants to be served while a process runs. */
export interface Watched {
  /** Readable when there is something to do; -1 when not. */
  readonly descriptor: number
  serve(): void
}

/**
 * The same without an event loop and its threads; signals read from the descriptor are passed on, and other children
 * that have ended, such as orphans of the container, are reaped.
 */
export function blockUntilEnd(pid: number, signals: Fd, watched?: Watched): ProcessEnd {
  const pidfd = pidfdOfChild(pid)
  try {
    for (;;) {
      const ready = waitAnyReadable([signals.number, pidfd.number, watched?.descriptor ?? -1])
      if (ready[2]) watched?.serve()
      const end = ready[0] ? takeSignals(pid, signals) : undefined
      if (end !== undefined) return end
      if (ready[1]) return waitForProcess(pid)
    }
  } finally {
    pidfd.close()
  }
}

function takeSignals(pid: number, signals: Fd): ProcessEnd | undefined {
  const numbers = readSignals(signals)
  for (const number of numbers) if (number !== SIGCHLD) sendSignalTo(pid, number)
  return numbers.includes(SIGCHLD) ? reapChildren(pid) : undefined
}

/** Reaps every child that has ended; how `pid` did, if it is among them. */
export function reapChildren(pid: number): ProcessEnd | undefined {
  let end: ProcessEnd | undefined
  for (let child = reapAny(); child !== undefined; child = reapAny()) if (child.pid === pid) end = child.end
  return end
}

/** The process may just have ended; its status is then about to be collected. It is a child, so its pid is its own. */
export function sendSignalTo(pid: number, number: number): void {
  try {
    killProcess(pid, number)
  } catch {}
}

export function pidfdOfChild(pid: number): Fd {
  const pidfd = openPidfd(pid)
  if (pidfd === undefined) throw new RuntimeError('BUG', `cannot wait for process ${pid}: somebody else reaped it`)
  return pidfd
}
