// SPDX-License-Identifier: Apache-2.0

import { MOUNT_ATTR, MS } from '../plan/kernel-flags.ts'
import type { Origin } from '../plan/launch-plan.ts'
import { noSlot } from '../plan/op.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import { hasNamespace } from '../spec/queries.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'
import { MOUNT_OPTIONS } from './mount-options.ts'
import { openSource } from './plan-bind-mount.ts'
import { ROOT } from './rootfs-path.ts'

const origin: Origin = { pointer: pointer('root') }

/**
 * Cuts the container's mounts off from the host's before the first of its own. Only a shared root leaves them
 * connected, so that volumes can carry mounts to the host; the non-recursive kinds are given to the root at the end.
 */
export function planHostPropagation(spec: ValidatedSpec, plan: PlanBuilder): void {
  if (!hasNamespace(spec, 'mount')) return
  const flags = propagationFlags(spec)
  const isKept = flags & MS.SHARED || flags === (MS.PRIVATE | MS.REC)
  const propagation = BigInt(isKept ? flags : MS.SLAVE | MS.REC)
  plan.append('setup', { op: 'set_mount_propagation', target: ROOT, propagation }, propagationOrigin(spec))
}

export interface RootfsContext {
  /** Absolute path of the root filesystem on the host. */
  readonly rootfsPath: string
  /** The keeper opens it on the host, because a user namespace may not reach it. */
  readonly opensSources: boolean
}

export function planBindRootfs(spec: ValidatedSpec, context: RootfsContext, plan: PlanBuilder): void {
  const source = context.rootfsPath
  const slot = context.opensSources ? openSource(source, true, origin, plan) : noSlot
  const holdOnly = !hasNamespace(spec, 'mount')
  plan.append('setup', { op: 'bind_rootfs', source, slot, recursive: true, holdOnly }, origin)
}

export function planEnterRootfs(spec: ValidatedSpec, noPivot: boolean, plan: PlanBuilder): void {
  if (!hasNamespace(spec, 'mount')) plan.append('setup', { op: 'change_root' }, origin)
  else if (noPivot) plan.append('setup', { op: 'move_root' }, { reason: '--no-pivot' })
  else plan.append('setup', { op: 'pivot_root' }, origin)
}

/** Comes after pivot_root(2), which refuses a shared root. */
export function planRootPropagation(spec: ValidatedSpec, plan: PlanBuilder): void {
  const flags = propagationFlags(spec)
  const isThereAlready = flags & MS.SLAVE || flags === (MS.PRIVATE | MS.REC)
  if (isThereAlready) return
  const propagation = BigInt(flags)
  plan.append('inside', { op: 'set_mount_propagation', target: ROOT, propagation }, propagationOrigin(spec))
}

export function planReadonlyRoot(spec: ValidatedSpec, plan: PlanBuilder): void {
  if (!spec.root.readonly) return
  const change = { set: BigInt(MOUNT_ATTR.RDONLY), clear: 0n, superblockFlags: 0n, options: [] }
  const readonlyOrigin = { pointer: pointer('root', 'readonly') }
  plan.append('inside', { op: 'set_mount_attributes', target: ROOT, recursive: false, ...change }, readonlyOrigin)
}

function propagationFlags(spec: ValidatedSpec): number {
  const effect = MOUNT_OPTIONS[spec.linux.rootfsPropagation ?? 'rslave']
  return effect.kind === 'propagation' ? effect.flags : MS.SLAVE | MS.REC
}

function propagationOrigin(spec: ValidatedSpec): Origin {
  if (spec.linux.rootfsPropagation === undefined) return { reason: 'mounts stay out of the host' }
  return { pointer: pointer('linux', 'rootfsPropagation') }
}
