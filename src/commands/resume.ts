// SPDX-License-Identifier: Apache-2.0
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import { loadRecord } from '../state/container-record.ts'
import { statusOf, withContainerLock } from './container-access.ts'
import { freezableCgroupOf } from './freezable-cgroup.ts'
import type { GlobalRequest, ResumeRequest } from './requests.ts'

/** Lets the processes of a paused container go on. */
export function resume(global: GlobalRequest, { id }: ResumeRequest): void {
  loadRecord(global.root, id)
  withContainerLock(global, id, (directory) => {
    const record = loadRecord(global.root, id)
    if (statusOf(record, directory) !== 'paused') {
      throw new RuntimeError('CONTAINER_STATUS', RUNC_PHRASES.containerNotPaused)
    }
    const cgroup = freezableCgroupOf(record)
    cgroup.thaw()
    if (cgroup.isFrozen()) throw heldByParent(id)
  })
}

/** On v1 a cgroup says FROZEN for a parent's sake too. */
function heldByParent(id: string): RuntimeError {
  return new RuntimeError('CGROUP_FAILED', `cannot resume container ${id}: a parent of its cgroup is frozen`, {
    hint: 'thaw the parent: see freezer.state in the directories above the cgroup of the container',
  })
}
