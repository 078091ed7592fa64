// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import type { Fd } from '../sys/fd.ts'
import { openPidfd } from '../sys/pidfd.ts'
import { untilReadable, waitAnyReadable } from '../sys/poll.ts'
import type { ProcessEnd } from '../sys/process.ts'
import { waitForProcess } from '../sys/process.ts'
import { readSignals } from '../sys/signal-descriptor.ts'

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

/** The same without an event loop and its threads; signals read from the descriptor are passed on. */
export function blockUntilEnd(pid: number, signals: Fd): ProcessEnd {
  const pidfd = pidfdOfChild(pid)
  try {
    for (let ended = false; !ended; ) {
      const [signalled, hasEnded] = waitAnyReadable([signals.number, pidfd.number])
      if (signalled) for (const number of readSignals(signals)) sendSignalTo(pid, number)
      ended = hasEnded ?? false
    }
    return waitForProcess(pid)
  } finally {
    pidfd.close()
  }
}

/** The process may just have ended; its status is then about to be collected. It is a child, so its pid is its own. */
export function sendSignalTo(pid: number, number: number): void {
  try {
    process.kill(pid, number)
  } catch {}
}

export function pidfdOfChild(pid: number): Fd {
  const pidfd = openPidfd(pid)
  if (pidfd === undefined) throw new RuntimeError('BUG', `cannot wait for process ${pid}: somebody else reaped it`)
  return pidfd
}
