// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path'
import { MOUNT_ATTR } from '../plan/kernel-flags.ts'
import { type HostPath, noSlot, type RootfsPath } from '../plan/op.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { labelOptions } from './mount-label.ts'
import { attributesOf, type MountRequest } from './mount-request.ts'
import { openSource } from './plan-bind-mount.ts'

/** A hierarchy as the container shall see it. */
export interface CgroupHierarchyView {
  /** v1 controllers, `name=systemd` for a named hierarchy, none for the unified one. */
  readonly controllers: readonly string[]
  /** Where the host has it; the container gets it under the same last name. */
  readonly mountpoint: HostPath
  /** The container's own cgroup in it. */
  readonly directory: HostPath
}

export interface CgroupView {
  readonly mode: 'v1' | 'hybrid' | 'v2'
  readonly hierarchies: readonly CgroupHierarchyView[]
  readonly unified?: CgroupHierarchyView
}

export interface CgroupContext {
  readonly cgroups: CgroupView
  /** The container has a cgroup namespace whose root may be mounted: a user namespace may only do so for its own. */
  readonly mountsOwnCgroups: boolean
  readonly opensSources: boolean
}

/** What `type: cgroup` means on this host: cgroup2 on v2, otherwise a tmpfs with a directory for each hierarchy. */
export function planCgroupMount(mount: MountRequest, context: CgroupContext, plan: PlanBuilder): void {
  const { mode, unified } = context.cgroups
  if (mode === 'v2' || mount.type === 'cgroup2') planUnified(mount, unified, context, plan)
  else planHierarchies(mount, context, plan)
}

/**
 * Without a cgroup namespace the whole hierarchy is seen, as with runc: /proc/self/cgroup names paths in it. It is bound,
 * because a mount from the first cgroup namespace would set the options of the host's own (apply_cgroup_root_flags).
 */
function planUnified(
  mount: MountRequest,
  unified: CgroupHierarchyView | undefined,
  context: CgroupContext,
  plan: PlanBuilder,
) {
  if (unified && !context.mountsOwnCgroups) planBind(mount, mount.target, unified.mountpoint, context, plan)
  else planFilesystem(mount, mount.target, { fstype: 'cgroup2', options: mount.options.filesystem }, plan)
}

function planHierarchies(mount: MountRequest, context: CgroupContext, plan: PlanBuilder): void {
  const { hierarchies, unified } = context.cgroups
  const options = ['mode=755', ...labelOptions(mount.label, 'tmpfs', [])]
  const tmpfs = { fstype: 'tmpfs', options, isWritable: true } as const
  planFilesystem(mount, mount.target, tmpfs, plan)
  for (const hierarchy of unified ? [...hierarchies, unified] : hierarchies)
    planHierarchy(mount, hierarchy, context, plan)
  for (const hierarchy of hierarchies) planLinks(mount, hierarchy, plan)
  planReadonly(mount, plan)
}

/** With a cgroup namespace a mount shows the container's cgroup as the root; without, only a bind can hide the rest. */
function planHierarchy(mount: MountRequest, hierarchy: CgroupHierarchyView, context: CgroupContext, plan: PlanBuilder) {
  const target = posix.join(mount.target, posix.basename(hierarchy.mountpoint)) as RootfsPath
  if (!context.mountsOwnCgroups) {
    planBind(mount, target, hierarchy.directory, context, plan)
    return
  }
  const options = hierarchy.controllers.flatMap(mountOption)
  const fstype = options.length > 0 ? 'cgroup' : 'cgroup2'
  planFilesystem(mount, target, { fstype, options: [...options, ...mount.options.filesystem] }, plan)
}

function mountOption(controller: string): string[] {
  return controller.startsWith('name=') ? ['none', controller] : [controller]
}

/** Merged controllers such as `cpu,cpuacct` are found under each of their names. */
function planLinks({ target, origin }: MountRequest, hierarchy: CgroupHierarchyView, plan: PlanBuilder): void {
  const content = posix.basename(hierarchy.mountpoint)
  for (const controller of hierarchy.controllers) {
    if (controller === content || controller.startsWith('name=')) continue
    const link = posix.join(target, controller) as RootfsPath
    plan.append('setup', { op: 'make_symlink', target: link, content, replace: false }, origin)
  }
}

interface CgroupFilesystem {
  readonly fstype: 'tmpfs' | 'cgroup' | 'cgroup2'
  readonly options: readonly string[]
  /** Directories and links are still to be made in it. */
  readonly isWritable?: true
}

function planFilesystem(
  mount: MountRequest,
  target: RootfsPath,
  filesystem: CgroupFilesystem,
  plan: PlanBuilder,
): void {
  const { fstype, options, isWritable } = filesystem
  const attributesSet = BigInt(attributesOf(mount) & (isWritable ? ~MOUNT_ATTR.RDONLY : ~0))
  const unused = { superblockFlags: 0n, realDirectory: false, copyUp: false, keepMode: false }
  plan.append(
    'setup',
    { op: 'mount_fs', target, fstype, source: fstype, options, attributesSet, ...unused },
    mount.origin,
  )
}

function planBind(
  mount: MountRequest,
  target: RootfsPath,
  source: HostPath,
  context: CgroupContext,
  plan: PlanBuilder,
) {
  const slot = context.opensSources ? openSource(source, true, mount.origin, plan) : noSlot
  const change = {
    attributesSet: BigInt(mount.options.attributes.set),
    attributesClear: BigInt(mount.options.attributes.clear),
    recursiveSet: BigInt(mount.options.recursive.set),
    recursiveClear: BigInt(mount.options.recursive.clear),
  }
  const bind = { target, source, slot, recursive: true, ...change, requireFsMagic: 0n }
  plan.append('setup', { op: 'mount_bind', ...bind }, mount.origin)
}

function planReadonly(mount: MountRequest, plan: PlanBuilder): void {
  if (!(attributesOf(mount) & MOUNT_ATTR.RDONLY)) return
  const change = { set: BigInt(MOUNT_ATTR.RDONLY), clear: 0n, superblockFlags: 0n, options: [] }
  plan.append('setup', { op: 'set_mount_attributes', target: mount.target, recursive: false, ...change }, mount.origin)
}
