// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import { openPidfd } from '../sys/pidfd.ts'
import { untilReadable } from '../sys/poll.ts'
import type { ProcessEnd } from '../sys/process.ts'
import { reapProcess } from '../sys/process.ts'

/** How a child of this process ends; the event loop goes on meanwhile, so that signals are passed on. */
export async function untilEnd(pid: number): Promise<ProcessEnd> {
  const early = reapProcess(pid)
  if (early !== undefined) return early
  const pidfd = openPidfd(pid)
  if (pidfd === undefined)
    throw new RuntimeError('BUG', `cannot wait for process ${pid}: it was reaped by somebody else`)
  try {
    await untilReadable(pidfd.number)
  } finally {
    pidfd.close()
  }
  const end = reapProcess(pid)
  if (end === undefined) throw new RuntimeError('BUG', `cannot reap process ${pid}: it has not ended`)
  return end
}
