// SPDX-License-Identifier: Apache-2.0

import { MOUNT_ATTR, MS } from '../plan/kernel-flags.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { IdMap } from './id-map.ts'
import { labelOptions } from './mount-label.ts'
import { attributesOf, type MountRequest } from './mount-request.ts'
import { type BindContext, planBindMount } from './plan-bind-mount.ts'
import { type CgroupContext, planCgroupMount } from './plan-cgroup-mount.ts'
import { type HeldIdMaps, planIdMap } from './plan-id-map.ts'
import { planNotifyMount } from './plan-notify-mount.ts'
import { superblockWords } from './superblock-words.ts'

/** Mounts in their listed order, each followed by its changes of propagation. */
export function planMounts(
  mounts: readonly MountRequest[],
  context: BindContext & CgroupContext,
  plan: PlanBuilder,
): void {
  const held: HeldIdMaps = new Map()
  for (const mount of mounts) {
    if (mount.options.remount) planRemount(mount, plan)
    else if (mount.options.bind !== 'no') planBindMount(mount, context, held, plan)
    else if (mount.type === 'cgroup' || mount.type === 'cgroup2') planCgroupMount(mount, context, plan)
    else if (mount.idMap) planMappedFilesystem(mount, mount.idMap, held, plan)
    else planFilesystem(mount, plan)
    planPropagation(mount, plan)
  }
  if (context.notifyDirectory !== undefined) planNotifyMount(context.notifyDirectory, context, plan)
}

/** Makes read-only what had to be written to until now. */
export function planReadonlyMounts(mounts: readonly MountRequest[], plan: PlanBuilder): void {
  for (const { target, options, readonlyLater, origin } of mounts) {
    if (!readonlyLater || !((options.attributes.set | options.recursive.set) & MOUNT_ATTR.RDONLY)) continue
    const set = BigInt(MOUNT_ATTR.RDONLY)
    plan.append('inside', { op: 'set_mount_attributes', target, recursive: false, set, ...attributesOnly }, origin)
  }
}

const attributesOnly = { clear: 0n, superblockFlags: 0n, options: [] }

function planFilesystem(mount: MountRequest, plan: PlanBuilder): void {
  const { target, type, options, origin } = mount
  plan.append(
    'setup',
    {
      op: 'mount_fs',
      target,
      ...filesystemOf(mount),
      realDirectory: type === 'proc' || type === 'sysfs',
      copyUp: options.copyUp,
      keepMode: type === 'tmpfs' && !options.filesystem.some((option) => option.startsWith('mode=')),
    },
    origin,
  )
  if (type === 'mqueue' && mount.label !== undefined) {
    plan.append('setup', { op: 'label_file', target, label: mount.label }, { pointer: pointer('linux', 'mountLabel') })
  }
}

/**
 * A new filesystem with mapped ids is made on the host: one that a user namespace has made cannot be mapped, nor can a
 * mount that is attached somewhere (mount_setattr(2)).
 */
function planMappedFilesystem(mount: MountRequest, idMap: IdMap, held: HeldIdMaps, plan: PlanBuilder): void {
  const { target, type, origin } = mount
  const mapping = planIdMap(idMap, held, plan)
  const slot = plan.slot(`${type} for ${target}`)
  plan.append('keeper', { op: 'open_mapped_filesystem', slot, idMap: mapping, ...filesystemOf(mount) }, origin)
  plan.append('setup', { op: 'attach_filesystem', target, slot, fstype: type }, origin)
}

function filesystemOf(mount: MountRequest) {
  const { type, source, options, readonlyLater } = mount
  return {
    fstype: type,
    source: source || type,
    superblockFlags: BigInt(superblockFlags(mount)),
    attributesSet: BigInt(attributesOf(mount) & (readonlyLater ? ~MOUNT_ATTR.RDONLY : ~0)),
    options: [...options.filesystem, ...labelOptions(mount.label, type, options.filesystem)],
  }
}

/** Filesystems of the kernel's own: read-only is a matter of the mount, and their one superblock may serve others. */
const VIRTUAL_TYPES = new Set([
  'tmpfs',
  'ramfs',
  'proc',
  'sysfs',
  'devpts',
  'mqueue',
  'bpf',
  'debugfs',
  'tracefs',
  'securityfs',
])

function superblockFlags({ type, options }: MountRequest): number {
  return VIRTUAL_TYPES.has(type) ? options.superblock.set & ~MS.RDONLY : options.superblock.set
}

/** `remount` changes what is mounted at the target: with `bind` only the mount, otherwise the filesystem too. */
function planRemount({ target, options, readonlyLater, origin }: MountRequest, plan: PlanBuilder): void {
  const { attributes, recursive, superblock, bind, filesystem } = options
  const isBind = bind !== 'no'
  // The read-only bit of an attribute change and of a superblock is the same number.
  const keep = readonlyLater ? ~MOUNT_ATTR.RDONLY : ~0
  plan.append(
    'setup',
    {
      op: 'set_mount_attributes',
      target,
      recursive: false,
      set: BigInt(attributes.set & keep),
      clear: BigInt(attributes.clear),
      superblockFlags: BigInt(isBind ? 0 : superblock.set & keep),
      options: isBind ? [] : [...superblockWords(superblock.clear), ...filesystem],
    },
    origin,
  )
  if (recursive.set === 0 && recursive.clear === 0) return
  const change = { set: BigInt(recursive.set), clear: BigInt(recursive.clear), superblockFlags: 0n, options: [] }
  plan.append('setup', { op: 'set_mount_attributes', target, recursive: true, ...change }, origin)
}

function planPropagation({ target, options, origin }: MountRequest, plan: PlanBuilder): void {
  for (const flags of options.propagation) {
    plan.append('setup', { op: 'set_mount_propagation', target, propagation: BigInt(flags) }, origin)
  }
}
