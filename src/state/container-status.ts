// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ContainerRecord } from './container-record.ts'
import { isAlive, processName, SHIM_NAME } from './process-identity.ts'
import { START_SOCKET } from './state-directory.ts'

/** The statuses of runtime.md "State", and runc's `paused`. */
export type ContainerStatus = 'creating' | 'created' | 'running' | 'paused' | 'stopped'

/** Derived from the kernel and the state directory on every call; `isFrozen` asks the container's cgroup. */
export function containerStatus(
  record: ContainerRecord,
  directory: string,
  isFrozen: (record: ContainerRecord) => boolean,
): ContainerStatus {
  if (record.phase === 'creating' && isAlive(record.creator)) return 'creating'
  if (!isAlive(record)) return 'stopped'
  if (isFrozen(record)) return 'paused'
  return isWaiting(record, directory) ? 'created' : 'running'
}

/** A `start` that was killed may have left its socket behind. */
function isWaiting({ pid }: ContainerRecord, directory: string): boolean {
  return existsSync(join(directory, START_SOCKET)) && processName(pid) === SHIM_NAME
}
