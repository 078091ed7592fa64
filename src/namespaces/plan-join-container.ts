// SPDX-License-Identifier: Apache-2.0
import type { NamespaceType } from '@opencontainers/runtime-spec-types'
import { CLONE_FLAGS } from '../plan/kernel-flags.ts'
import { noSlot, type Slot } from '../plan/op.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { NO_NAMESPACES } from './no-namespaces.ts'

/** The container that a process is added to, as its first process is now. */
export interface RunningContainer {
  /** Of the container's first process, on the host. */
  readonly pid: number
  /** The types whose namespace is another than the runtime's: its own one nobody needs to join, or may (user). */
  readonly foreign: readonly NamespaceType[]
  /** The container lives in the mount namespace of whoever made it, in a root directory of its own. */
  readonly isChroot: boolean
  /** Its cgroup namespace is one that existed before: the host may own it, and only from there it can be joined. */
  readonly joinedCgroupNamespace: boolean
}

const origin = { reason: 'the namespaces of the container' }

/**
 * Enters every namespace at once through a pidfd. The cgroup namespace alone waits until the process is in its cgroup:
 * from inside, a cgroup outside cannot be left where the hierarchy is mounted with `nsdelegate` (cgroups(7)).
 */
export function planJoinContainer(container: RunningContainer, pidfd: Slot, plan: PlanBuilder): void {
  let flags = 0
  const hostMayOwn = container.joinedCgroupNamespace && container.foreign.includes('user')
  const joinsLater = container.foreign.includes('cgroup') && !hostMayOwn
  for (const type of container.foreign) if (type !== 'cgroup' || !joinsLater) flags |= CLONE_FLAGS[type]
  const cgroup = joinsLater ? openCgroupNamespace(container.pid, plan) : noSlot
  const root = container.isChroot ? openRoot(container.pid, plan) : noSlot
  plan.append('keeper', { op: 'join_process', pidfd, flags: BigInt(flags) }, origin)
  if (joinsLater) plan.append('born', { op: 'join_namespaces', ...NO_NAMESPACES, cgroup }, origin)
  plan.append('setup', { op: 'enter_root', slot: root }, { reason: 'the root of the container' })
}

function openCgroupNamespace(pid: number, plan: PlanBuilder): Slot {
  const slot = plan.slot('cgroup namespace')
  const path = `/proc/${pid}/ns/cgroup`
  plan.append('keeper', { op: 'open_namespace', slot, path, type: CLONE_FLAGS.cgroup }, origin)
  return slot
}

function openRoot(pid: number, plan: PlanBuilder): Slot {
  const slot = plan.slot('root directory')
  plan.append('keeper', { op: 'open_process_root', slot, pid }, { reason: 'no mount namespace of its own' })
  return slot
}
