// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { errnoOf, failedTo } from '../errors/runtime-error.ts'

/** A process for as long as the host is up: a pid alone may be given to another process. */
export interface ProcessIdentity {
  readonly pid: number
  /** Start time in clock ticks since boot: field 22 of /proc/PID/stat, see proc_pid_stat(5). */
  readonly startTime: string
}

/** What the shim calls the container's process until execve(2). */
export const SHIM_NAME = 'runts:init'

const ZOMBIE = 'Z'
const DEAD = new Set(['X', 'x'])

/** The identity of a pid; undefined when it is gone or only waits to be reaped. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const fields = readStatFields(pid)
  const [state, threads, startTime] = [fields?.[0], fields?.[17], fields?.[19]]
  if (state === undefined || startTime === undefined || DEAD.has(state)) return undefined
  // A process whose first thread has ended looks like a zombie as long as others of its threads live.
  if (state === ZOMBIE && Number(threads) <= 1) return undefined
  return { pid, startTime }
}

/** The name the kernel shows for a process (PR_SET_NAME, proc_pid_comm(5)); undefined when it is gone. */
export function processName(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd()
  } catch {
    return undefined
  }
}

/** Whether a process lives and has not become the container's program yet. */
export function isShim(pid: number): boolean {
  return identifyProcess(pid) !== undefined && processName(pid) === SHIM_NAME
}

export function isAlive(process: ProcessIdentity): boolean {
  return process.pid > 0 && identifyProcess(process.pid)?.startTime === process.startTime
}

/** PF_EXITING of the kernel: the process has lost its namespaces, or is losing them, and is not a zombie yet. */
const EXITING = 0x4

/** The process has ended, or is on the way to it. */
export function isEnding(process: ProcessIdentity): boolean {
  const flags = readStatFields(process.pid)?.[6]
  return !isAlive(process) || (Number(flags) & EXITING) !== 0
}

/** The fields from the third on: the second, the name, may hold spaces and parentheses. */
function readStatFields(pid: number): string[] | undefined {
  const file = `/proc/${pid}/stat`
  try {
    const text = readFileSync(file, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT' || errno === 'ESRCH') return undefined
    throw failedTo('SYSTEM_CALL_FAILED', `cannot read ${file}`, error)
  }
}
