// SPDX-License-Identifier: Apache-2.0
import { PRCTL, WAIT } from './constants.ts'
import { allocate, viewOf } from './struct-layout.ts'
import { call, callOrErrno } from './syscall.ts'

/** How a process ended. */
export type ProcessEnd = { readonly exitCode: number } | { readonly signal: number }

/** Waits for a child of this process to end and reaps it (wait4(2)). Throws ECHILD when `pid` is no child. */
export function waitForProcess(pid: number): ProcessEnd {
  const status = allocate(4)
  call(`cannot wait for process ${pid}`, 'wait4', pid, status, 0, null)
  return decodeWaitStatus(viewOf(status).getInt32(0, true))
}

/** Reaps one child of this process that has ended, whichever that is; undefined where none has. */
export function reapAny(): { readonly pid: number; readonly end: ProcessEnd } | undefined {
  const status = allocate(4)
  const pid = callOrErrno('wait4', -1, status, WAIT.WNOHANG, null)
  return pid > 0 ? { pid, end: decodeWaitStatus(viewOf(status).getInt32(0, true)) } : undefined
}

/** The status word of wait(2); stopped and continued children are never asked for. */
export function decodeWaitStatus(status: number): ProcessEnd {
  const signal = status & 0x7f
  return signal === 0 ? { exitCode: (status >> 8) & 0xff } : { signal }
}

/** Orphaned descendants become children of this process (prctl(2), PR_SET_CHILD_SUBREAPER). */
export function setChildSubreaper(on: boolean): void {
  call('cannot set the child subreaper', 'prctl', PRCTL.PR_SET_CHILD_SUBREAPER, on ? 1 : 0, 0, 0, 0)
}

/** kill(2) by pid. Only for children not reaped yet: any other pid may belong to someone else by now. */
export function killProcess(pid: number, signal: number): void {
  call(`cannot send signal ${signal} to process ${pid}`, 'kill', pid, signal)
}
