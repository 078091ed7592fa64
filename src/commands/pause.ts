// SPDX-License-Identifier: Apache-2.0
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import { loadRecord } from '../state/container-record.ts'
import { isAlive } from '../state/process-identity.ts'
import { statusOf, withContainerLock } from './container-access.ts'
import { freezableCgroupOf } from './freezable-cgroup.ts'
import type { GlobalRequest, PauseRequest } from './requests.ts'

/** Stops every process of a created or running container until `resume`; when they do not all stop, none does. */
export function pause(global: GlobalRequest, { id }: PauseRequest): void {
  loadRecord(global.root, id)
  withContainerLock(global, id, (directory) => {
    const record = loadRecord(global.root, id)
    const status = statusOf(record, directory)
    // A paused one too: that is what runc says, and engines know.
    if (status !== 'created' && status !== 'running') throw notRunning()
    const cgroup = freezableCgroupOf(record)
    if (cgroup.pids().includes(process.pid)) throw ownCgroup(id)
    cgroup.freeze()
    if (isAlive(record)) return
    cgroup.thaw()
    throw notRunning()
  })
}

function notRunning(): RuntimeError {
  return new RuntimeError('CONTAINER_STATUS', RUNC_PHRASES.containerNotRunning)
}

function ownCgroup(id: string): RuntimeError {
  return new RuntimeError('CGROUP_FAILED', `cannot pause container ${id}: this process is in its cgroup itself`, {
    hint: 'call runts from a process that is not in the cgroup of the container',
  })
}
