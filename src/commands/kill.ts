// SPDX-License-Identifier: Apache-2.0
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { loadRecord } from '../state/container-record.ts'
import { isAlive } from '../state/process-identity.ts'
import { stateDirectory } from '../state/state-directory.ts'
import type { Fd } from '../sys/fd.ts'
import { openPidfd, sendSignal } from '../sys/pidfd.ts'
import { sharerOfCgroup } from './cgroup-sharer.ts'
import { statusOf } from './container-access.ts'
import { cgroupOf } from './container-cgroup.ts'
import type { GlobalRequest, KillRequest } from './requests.ts'
import { signalNumber } from './signal-number.ts'

const SIGKILL = 9

/**
 * Sends a signal to the container's process (runtime.md, Kill); created, running and paused containers have one. With
 * `all`, by which engines clean up behind one that has ended, none is no error, as with runc.
 */
export function kill(global: GlobalRequest, { id, signal, all }: KillRequest): void {
  const number = signalNumber(signal)
  const record = loadRecord(global.root, id)
  if (statusOf(record, stateDirectory(global.root, id)) === 'creating') throw notRunning()
  const isSent = number === SIGKILL ? killContainer(global, record) : signalProcess(record, number)
  if (!isSent && !all) throw notRunning()
}

/**
 * SIGKILL for all of a container; false where nothing of it is alive. Its own pid namespace ends with its first process
 * (pid_namespaces(7)). Without one, other processes go on after that: SIGKILL is for the whole cgroup, as in runc.
 */
export function killContainer(global: GlobalRequest, record: ContainerRecord): boolean {
  const hadOthers = record.ownPidNamespace ? false : killCgroupOf(global, record)
  const hadFirst = signalProcess(record, SIGKILL)
  // A process that the v1 freezer holds only dies when it is let go; on v2 nothing is left that could be frozen.
  if (hadFirst) cgroupOf(record)?.thawForKill()
  return hadFirst || hadOthers
}

/** Kills what is in the cgroup of a container, unless that is not its alone. False where nobody is. */
export function killCgroupOf(global: GlobalRequest, record: ContainerRecord): boolean {
  const cgroup = cgroupOf(record)
  if (cgroup === undefined || cgroup.isEmpty()) return warnWithoutCgroup(global, record)
  const sharer = sharerOfCgroup(global.root, record)
  if (sharer !== undefined) {
    global.log.warn(`container ${record.id} shares its cgroup with ${sharer}: only its first process is ended`)
    return false
  }
  cgroup.kill()
  return true
}

/** As runc does: an ordinary user's container may have no cgroup that lists its processes. */
function warnWithoutCgroup({ log }: GlobalRequest, record: ContainerRecord): false {
  if (isAlive(record)) log.warn(`container ${record.id} has no cgroup of its own: only its first process is ended`)
  return false
}

function signalProcess(record: ContainerRecord, signal: number): boolean {
  const process = openContainerProcess(record)
  try {
    return process !== undefined && sendSignal(process, signal)
  } finally {
    process?.close()
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
