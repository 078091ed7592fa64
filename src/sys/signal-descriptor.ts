// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readSync } from 'node:fs'
import { errnoOf } from '../errors/runtime-error.ts'
import { SIGNAL } from './constants.ts'
import { Fd } from './fd.ts'
import { allocate, structLayout, viewOf } from './struct-layout.ts'
import { call } from './syscall.ts'

/** The first member of struct signalfd_siginfo, which has 128 bytes. */
export const signalfd_siginfo = structLayout({ ssi_signo: 'u32' })
const SIGINFO_SIZE = 128
/** The kernel's sigset_t: one bit a signal. */
const SIGSET_SIZE = 8

/**
 * Blocks the signals, so that they can be read from a descriptor; threads that are started later inherit that. False
 * when this process has other threads: a signal that is not blocked in each of them would still act. What is blocked
 * stays so until this process ends; programs started by `posixSpawn` begin with nothing blocked.
 */
export function blockSignals(signals: readonly number[]): boolean {
  if (readdirSync('/proc/self/task').length > 1) return false
  call('cannot block signals', 'rt_sigprocmask', SIGNAL.SIG_BLOCK, signalSet(signals), null, SIGSET_SIZE)
  return true
}

/** A descriptor from which blocked signals are read (signalfd(2)), without an event loop. */
export function signalDescriptor(signals: readonly number[]): Fd {
  const set = signalSet(signals)
  const flags = SIGNAL.SFD_CLOEXEC | SIGNAL.SFD_NONBLOCK
  return new Fd(call('cannot create a signal descriptor', 'signalfd4', -1, set, SIGSET_SIZE, flags))
}

/** Lets signals act again, on this thread. */
export function unblockSignals(signals: readonly number[]): void {
  const set = signalSet(signals)
  call('cannot unblock signals', 'rt_sigprocmask', SIGNAL.SIG_UNBLOCK, set, null, SIGSET_SIZE)
}

function signalSet(signals: readonly number[]): Uint8Array {
  const set = allocate(SIGSET_SIZE)
  let mask = 0n
  for (const signal of signals) mask |= 1n << BigInt(signal - 1)
  viewOf(set).setBigUint64(0, mask, true)
  return set
}

/** The numbers of the signals that have come since the last call. */
export function readSignals(descriptor: Fd): number[] {
  const buffer = allocate(SIGINFO_SIZE * 32)
  try {
    const length = readSync(descriptor.number, buffer)
    const signals: number[] = []
    for (let at = 0; at < length; at += SIGINFO_SIZE) {
      signals.push(signalfd_siginfo.get(buffer.subarray(at), 'ssi_signo'))
    }
    return signals
  } catch (error) {
    if (errnoOf(error) === 'EAGAIN') return []
    throw error
  }
}
