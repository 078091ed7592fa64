// SPDX-License-Identifier: Apache-2.0
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { loadRecord } from '../state/container-record.ts'
import { isAlive } from '../state/process-identity.ts'
import { stateDirectory } from '../state/state-directory.ts'
import type { Fd } from '../sys/fd.ts'
import { openPidfd, sendSignal } from '../sys/pidfd.ts'
import { statusOf } from './container-access.ts'
import { cgroupOf } from './container-cgroup.ts'
import type { GlobalRequest, KillRequest } from './requests.ts'
import { signalNumber } from './signal-number.ts'

const SIGKILL = 9

/** Sends a signal to the container's process (runtime.md, Kill); created, running and paused containers have one. */
export function kill(global: GlobalRequest, { id, signal }: KillRequest): void {
  const number = signalNumber(signal)
  const record = loadRecord(global.root, id)
  const status = statusOf(record, stateDirectory(global.root, id))
  if (status === 'stopped' || status === 'creating') throw notRunning()
  signalContainer(record, number)
  if (status === 'paused' && number === SIGKILL) cgroupOf(record)?.thaw()
}

/** A container without a pid namespace of its own outlives its first process: SIGKILL goes to the whole cgroup. */
export function signalContainer(record: ContainerRecord, signal: number): void {
  if (signal === SIGKILL && !record.ownPidNamespace) cgroupOf(record)?.kill()
  const pidfd = openContainerProcess(record)
  try {
    if (pidfd === undefined || !sendSignal(pidfd, signal)) {
      if (signal !== SIGKILL) throw notRunning()
    }
  } finally {
    pidfd?.close()
  }
}

/** The container's process by descriptor; undefined when it ended. The check comes after: the pid was free before. */
export function openContainerProcess(record: ContainerRecord): Fd | undefined {
  if (record.pid <= 0) return undefined
  const pidfd = openPidfd(record.pid)
  if (pidfd === undefined || isAlive(record)) return pidfd
  pidfd.close()
  return undefined
}

function notRunning(): RuntimeError {
  return new RuntimeError('CONTAINER_STATUS', RUNC_PHRASES.containerNotRunning)
}
