// SPDX-License-Identifier: Apache-2.0
import { Fd } from './fd.ts'
import { call, callOrErrno, systemCallFailed } from './syscall.ts'

const [ESRCH, ENOENT, EINVAL] = [3, 2, 22]
/**
 * The number may also be that of a thread, or of a process group or session that outlives its first process: Linux 6.12
 * says EINVAL then, 6.18 ENOENT or ESRCH.
 */
const NO_PROCESS = [-ESRCH, -ENOENT, -EINVAL]

/** A descriptor that means this very process for ever (pidfd_open(2)); undefined when there is none with this pid. */
export function openPidfd(pid: number): Fd | undefined {
  const number = callOrErrno('pidfd_open', pid, 0)
  if (NO_PROCESS.includes(number)) return undefined
  if (number < 0) throw systemCallFailed(`cannot open a descriptor of process ${pid}`, 'pidfd_open', -number)
  return new Fd(number)
}

/** A copy of a descriptor of another process (pidfd_getfd(2), Linux 5.6); needs the right to trace it. */
export function copyDescriptor(pidfd: Fd, number: number): Fd {
  return new Fd(call(`cannot copy descriptor ${number} of a process`, 'pidfd_getfd', pidfd.number, number, 0))
}

/** Sends a signal (0 only asks). False when the process has ended and was reaped. */
export function sendSignal(pidfd: Fd, signal: number): boolean {
  const result = callOrErrno('pidfd_send_signal', pidfd.number, signal, null, 0)
  if (result === -ESRCH) return false
  if (result < 0) throw systemCallFailed(`cannot send signal ${signal}`, 'pidfd_send_signal', -result)
  return true
}
