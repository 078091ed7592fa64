// SPDX-License-Identifier: Apache-2.0
import type { NamespaceType } from '@opencontainers/runtime-spec-types'
import { CLONE_FLAGS } from '../plan/kernel-flags.ts'
import type { Slot } from '../plan/op.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import { createsNamespace, hasUserNamespace, namespaceIndex } from '../spec/queries.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'
import { CLONED_TYPES } from './cloned-types.ts'
import { NO_NAMESPACES } from './no-namespaces.ts'

/** Opens the namespaces to join and enters them. It comes after everything else that the keeper opens on the host. */
export function planJoinedNamespaces(spec: ValidatedSpec, plan: PlanBuilder): void {
  const slots: Record<NamespaceType, Slot> = { ...NO_NAMESPACES }
  let joins = false
  spec.linux.namespaces.forEach(({ type, path }, i) => {
    if (path === undefined || (type === 'cgroup' && !hasUserNamespace(spec))) return
    slots[type] = openNamespace(type, path, i, plan)
    joins = true
  })
  if (joins) plan.append('keeper', { op: 'join_namespaces', ...slots }, { pointer: pointer('linux', 'namespaces') })
}

function openNamespace(type: NamespaceType, path: string, index: number, plan: PlanBuilder): Slot {
  const slot = plan.slot(`${type} namespace`)
  const origin = { pointer: pointer('linux', 'namespaces', index, 'path') }
  plan.append('keeper', { op: 'open_namespace', slot, path, type: CLONE_FLAGS[type] }, origin)
  return slot
}

/** Clones the container process into its new namespaces, all at once: the kernel makes the user namespace first, so it owns the others. */
export function planCloneInit(spec: ValidatedSpec, cgroup: Slot, plan: PlanBuilder): void {
  let flags = 0
  for (const type of CLONED_TYPES) if (createsNamespace(spec, type)) flags |= CLONE_FLAGS[type]
  plan.append('keeper', { op: 'clone_init', flags: BigInt(flags), cgroup }, { pointer: pointer('linux', 'namespaces') })
}

/** A time namespace. Its offsets file belongs to whoever was dumpable when it opened, so this comes before the change of user. */
export function planTimeNamespace(spec: ValidatedSpec, plan: PlanBuilder): void {
  if (!createsNamespace(spec, 'time')) return
  const { monotonic, boottime } = spec.linux.timeOffsets
  const origin =
    monotonic || boottime
      ? { pointer: pointer('linux', 'timeOffsets') }
      : { pointer: pointer('linux', 'namespaces', namespaceIndex(spec, 'time')) }
  const offsets = {
    monotonicSecs: monotonic?.secs ?? 0n,
    monotonicNanosecs: monotonic?.nanosecs ?? 0,
    boottimeSecs: boottime?.secs ?? 0n,
    boottimeNanosecs: boottime?.nanosecs ?? 0,
  }
  plan.append('born', { op: 'set_time_offsets', ...offsets }, origin)
}

/** In a user namespace the process is nobody until it takes the mapped root's ids. */
export function planBecomeRoot(spec: ValidatedSpec, setgroups: boolean, plan: PlanBuilder): void {
  if (!hasUserNamespace(spec)) return
  const origin = { pointer: pointer('linux', 'namespaces', namespaceIndex(spec, 'user')) }
  plan.append('born', { op: 'become_root', setgroups }, origin)
}

/**
 * A new cgroup namespace, or one to join: once the process is in its cgroup, because from inside a namespace no cgroup outside
 * can be entered where the hierarchy is mounted with `nsdelegate` (cgroups(7)). With a user namespace the keeper joins it
 * already: the host may own it, and only from there it can be joined.
 */
export function planCgroupNamespace(spec: ValidatedSpec, plan: PlanBuilder): void {
  const index = namespaceIndex(spec, 'cgroup')
  const origin = { pointer: pointer('linux', 'namespaces', index) }
  if (createsNamespace(spec, 'cgroup')) {
    plan.append('born', { op: 'unshare_namespaces', flags: BigInt(CLONE_FLAGS.cgroup) }, origin)
    return
  }
  const path = spec.linux.namespaces[index]?.path
  if (path === undefined || hasUserNamespace(spec)) return
  const cgroup = openNamespace('cgroup', path, index, plan)
  plan.append('born', { op: 'join_namespaces', ...NO_NAMESPACES, cgroup }, origin)
}

/** A new network namespace has nothing but a loopback interface that is down. */
export function planLoopback(spec: ValidatedSpec, plan: PlanBuilder): void {
  if (!createsNamespace(spec, 'network')) return
  const origin = { pointer: pointer('linux', 'namespaces', namespaceIndex(spec, 'network')) }
  plan.append('born', { op: 'raise_loopback' }, origin)
}

/**
 * The shim is dumpable until its ids are mapped: only then do its files below /proc belong to the ordinary user who
 * writes the maps and the time offsets. Nobody else can attach meanwhile: nobody has a capability in the namespaces yet.
 */
export function planDumpableUntilMapped(spec: ValidatedSpec, euid: number, plan: PlanBuilder): void {
  if (euid === 0 || !createsNamespace(spec, 'user')) return
  const origin = { pointer: pointer('linux', 'namespaces', namespaceIndex(spec, 'user')) }
  plan.append('keeper', { op: 'set_dumpable', dumpable: true }, origin)
  plan.append('born', { op: 'set_dumpable', dumpable: false }, origin)
}
