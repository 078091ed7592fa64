// SPDX-License-Identifier: Apache-2.0
// This room owns what the container sees below `/`. It resolves no path: that is the shim's work.
import { MOUNT_ATTR, MS } from '../plan/kernel-flags.ts'
import type { MountOptionName } from '../spec/mount-option-names.ts'

/** What one word in `mounts[].options` does (runtime-spec config.md, "Linux mount options"). */
export type MountOptionEffect =
  | { readonly kind: 'attribute'; readonly bit: number; readonly on: boolean; readonly recursive?: true }
  | { readonly kind: 'atime'; readonly value: number; readonly on: boolean; readonly recursive?: true }
  | { readonly kind: 'superblock'; readonly bit: number; readonly on: boolean }
  | { readonly kind: 'readonly'; readonly on: boolean }
  | { readonly kind: 'propagation'; readonly flags: number }
  | { readonly kind: 'bind'; readonly recursive: boolean }
  | { readonly kind: 'idmap'; readonly recursive: boolean }
  | { readonly kind: 'remount' | 'tmpcopyup' | 'nothing' }

const attribute = (bit: number, on: boolean): MountOptionEffect => ({ kind: 'attribute', bit, on })
const recursive = (bit: number, on: boolean): MountOptionEffect => ({ kind: 'attribute', bit, on, recursive: true })
const atime = (value: number, on: boolean): MountOptionEffect => ({ kind: 'atime', value, on })
const recursiveAtime = (value: number, on: boolean): MountOptionEffect => ({
  kind: 'atime',
  value,
  on,
  recursive: true,
})
const superblock = (bit: number, on: boolean): MountOptionEffect => ({ kind: 'superblock', bit, on })
const propagation = (flags: number): MountOptionEffect => ({ kind: 'propagation', flags })

/**
 * Every option that is not the filesystem's own. `norelatime` and `nostrictatime` lead back to the kernel's default,
 * which is relatime since 2.6.30: there is no mount without one of the three.
 */
export const MOUNT_OPTIONS: Readonly<Record<MountOptionName, MountOptionEffect>> = {
  async: superblock(MS.SYNCHRONOUS, false),
  atime: atime(MOUNT_ATTR.NOATIME, false),
  bind: { kind: 'bind', recursive: false },
  defaults: { kind: 'nothing' },
  dev: attribute(MOUNT_ATTR.NODEV, false),
  diratime: attribute(MOUNT_ATTR.NODIRATIME, false),
  dirsync: superblock(MS.DIRSYNC, true),
  exec: attribute(MOUNT_ATTR.NOEXEC, false),
  idmap: { kind: 'idmap', recursive: false },
  iversion: superblock(MS.I_VERSION, true),
  lazytime: superblock(MS.LAZYTIME, true),
  loud: superblock(MS.SILENT, false),
  mand: superblock(MS.MANDLOCK, true),
  noatime: atime(MOUNT_ATTR.NOATIME, true),
  nodev: attribute(MOUNT_ATTR.NODEV, true),
  nodiratime: attribute(MOUNT_ATTR.NODIRATIME, true),
  noexec: attribute(MOUNT_ATTR.NOEXEC, true),
  noiversion: superblock(MS.I_VERSION, false),
  nolazytime: superblock(MS.LAZYTIME, false),
  nomand: superblock(MS.MANDLOCK, false),
  norelatime: atime(MOUNT_ATTR.RELATIME, false),
  nostrictatime: atime(MOUNT_ATTR.STRICTATIME, false),
  nosuid: attribute(MOUNT_ATTR.NOSUID, true),
  nosymfollow: attribute(MOUNT_ATTR.NOSYMFOLLOW, true),
  private: propagation(MS.PRIVATE),
  ratime: recursiveAtime(MOUNT_ATTR.NOATIME, false),
  rbind: { kind: 'bind', recursive: true },
  rdev: recursive(MOUNT_ATTR.NODEV, false),
  rdiratime: recursive(MOUNT_ATTR.NODIRATIME, false),
  relatime: atime(MOUNT_ATTR.RELATIME, true),
  remount: { kind: 'remount' },
  rexec: recursive(MOUNT_ATTR.NOEXEC, false),
  ridmap: { kind: 'idmap', recursive: true },
  rnoatime: recursiveAtime(MOUNT_ATTR.NOATIME, true),
  rnodev: recursive(MOUNT_ATTR.NODEV, true),
  rnodiratime: recursive(MOUNT_ATTR.NODIRATIME, true),
  rnoexec: recursive(MOUNT_ATTR.NOEXEC, true),
  rnorelatime: recursiveAtime(MOUNT_ATTR.RELATIME, false),
  rnostrictatime: recursiveAtime(MOUNT_ATTR.STRICTATIME, false),
  rnosuid: recursive(MOUNT_ATTR.NOSUID, true),
  rnosymfollow: recursive(MOUNT_ATTR.NOSYMFOLLOW, true),
  ro: { kind: 'readonly', on: true },
  rprivate: propagation(MS.PRIVATE | MS.REC),
  rrelatime: recursiveAtime(MOUNT_ATTR.RELATIME, true),
  rro: recursive(MOUNT_ATTR.RDONLY, true),
  rrw: recursive(MOUNT_ATTR.RDONLY, false),
  rshared: propagation(MS.SHARED | MS.REC),
  rslave: propagation(MS.SLAVE | MS.REC),
  rstrictatime: recursiveAtime(MOUNT_ATTR.STRICTATIME, true),
  rsuid: recursive(MOUNT_ATTR.NOSUID, false),
  rsymfollow: recursive(MOUNT_ATTR.NOSYMFOLLOW, false),
  runbindable: propagation(MS.UNBINDABLE | MS.REC),
  rw: { kind: 'readonly', on: false },
  shared: propagation(MS.SHARED),
  silent: superblock(MS.SILENT, true),
  slave: propagation(MS.SLAVE),
  strictatime: atime(MOUNT_ATTR.STRICTATIME, true),
  suid: attribute(MOUNT_ATTR.NOSUID, false),
  symfollow: attribute(MOUNT_ATTR.NOSYMFOLLOW, false),
  sync: superblock(MS.SYNCHRONOUS, true),
  tmpcopyup: { kind: 'tmpcopyup' },
  unbindable: propagation(MS.UNBINDABLE),
}
