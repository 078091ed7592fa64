// SPDX-License-Identifier: Apache-2.0
import { lockContainer, type TryFlock } from '../state/container-lock.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import type { ContainerStatus } from '../state/container-status.ts'
import { containerStatus } from '../state/container-status.ts'
import { stateDirectory } from '../state/state-directory.ts'
import { tryLockExclusive } from '../sys/files.ts'
import { cgroupOf } from './container-cgroup.ts'
import type { GlobalRequest } from './requests.ts'

/** The container's status, asked from the kernel now. */
export function statusOf(record: ContainerRecord, directory: string): ContainerStatus {
  return containerStatus(record, directory, () => cgroupOf(record)?.isFrozen() ?? false)
}

/** About 100 ms. */
const TRIES_BETWEEN = 20

/**
 * Runs `act` with the container's state directory while no other command changes that container. `whenBusy` runs
 * where another command does, while this one waits for it.
 */
export function withContainerLock<T>(
  global: GlobalRequest,
  id: string,
  act: (directory: string) => T,
  whenBusy?: () => void,
): T {
  const directory = stateDirectory(global.root, id)
  const lock = lockContainer(directory, whenBusy ? telling(whenBusy) : tryLockExclusive)
  try {
    return act(directory)
  } finally {
    lock.release()
  }
}

/** Again now and then: what holds the other command up may begin only later. */
function telling(whenBusy: () => void): TryFlock {
  let tries = 0
  return (fd) => {
    if (tryLockExclusive(fd)) return true
    if (tries++ % TRIES_BETWEEN === 0) whenBusy()
    return false
  }
}
