// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path'
import { MOUNT_ATTR } from '../plan/kernel-flags.ts'
import type { Origin } from '../plan/launch-plan.ts'
import { noSlot, type Slot } from '../plan/op.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import type { MountRequest } from './mount-request.ts'
import { type HeldIdMaps, planIdMap } from './plan-id-map.ts'

export interface BindContext {
  readonly bundlePath: string
  /** The keeper opens sources on the host, because a user namespace may not reach them. */
  readonly opensSources: boolean
  /** On the host: the directory of the socket by which the program tells that it is ready. */
  readonly notifyDirectory?: string
}

/** PROC_SUPER_MAGIC of linux/magic.h. */
const PROC_MAGIC = 0x9fa0n

/**
 * A bind mount. Attributes that no option names stay as the source has them, unlike with mount(2), where a bind
 * that asks for `ro` loses the nosuid of its source.
 */
export function planBindMount(mount: MountRequest, context: BindContext, held: HeldIdMaps, plan: PlanBuilder): void {
  const { target, options, readonlyLater, idMap, origin } = mount
  const source = posix.resolve(context.bundlePath, mount.source)
  const recursive = options.bind === 'rbind'
  const keep = readonlyLater ? ~MOUNT_ATTR.RDONLY : ~0
  const slot = context.opensSources || idMap ? openSource(source, recursive, origin, plan) : noSlot
  if (idMap) {
    const mapping = { idMap: planIdMap(idMap, held, plan), recursive: options.idmap === 'ridmap' }
    plan.append('keeper', { op: 'map_tree', slot, source, ...mapping }, origin)
  }
  plan.append(
    'setup',
    {
      op: 'mount_bind',
      target,
      source,
      slot,
      recursive,
      attributesSet: BigInt(options.attributes.set & keep),
      attributesClear: BigInt(options.attributes.clear),
      recursiveSet: BigInt(options.recursive.set & keep),
      recursiveClear: BigInt(options.recursive.clear),
      requireFsMagic: target === '/proc' ? PROC_MAGIC : 0n,
    },
    origin,
  )
}

/** Lets the keeper clone the mounts at a host path; the returned slot is for the step that attaches them. */
export function openSource(source: string, recursive: boolean, origin: Origin, plan: PlanBuilder): Slot {
  const slot = plan.slot(source)
  plan.append('keeper', { op: 'open_tree', slot, source, recursive }, origin)
  return slot
}
