// SPDX-License-Identifier: Apache-2.0

/** CLONE_NEW* of linux/sched.h by the specification's names, as `open_namespace` and `clone_init` carry them. */
export const CLONE_FLAGS = {
  time: 0x80,
  mount: 0x20000,
  cgroup: 0x2000000,
  uts: 0x4000000,
  ipc: 0x8000000,
  user: 0x10000000,
  pid: 0x20000000,
  network: 0x40000000,
} as const

/** MOUNT_ATTR_* of linux/mount.h. Access times are one field of three values, not bits: see ATTR_ATIME. */
export const MOUNT_ATTR = {
  RDONLY: 0x1,
  NOSUID: 0x2,
  NODEV: 0x4,
  NOEXEC: 0x8,
  RELATIME: 0,
  NOATIME: 0x10,
  STRICTATIME: 0x20,
  NODIRATIME: 0x80,
  NOSYMFOLLOW: 0x200000,
} as const
/** The mask of the access time field; mount_setattr(2) wants all of it cleared whenever a value is set. */
export const ATTR_ATIME = 0x70

/** MS_* of linux/mount.h, as far as they mean the superblock, propagation, or how deep propagation goes. */
export const MS = {
  RDONLY: 0x1,
  SYNCHRONOUS: 0x10,
  MANDLOCK: 0x40,
  DIRSYNC: 0x80,
  REC: 0x4000,
  SILENT: 0x8000,
  UNBINDABLE: 1 << 17,
  PRIVATE: 1 << 18,
  SLAVE: 1 << 19,
  SHARED: 1 << 20,
  I_VERSION: 1 << 23,
  LAZYTIME: 1 << 25,
} as const

/** Type bits of st_mode (inode(7)) for the letters of `linux.devices[].type`; `u` is an unbuffered character device. */
export const DEVICE_TYPES = { c: 0o020000, u: 0o020000, b: 0o060000, p: 0o010000 } as const

/** Resource limits and their numbers (asm-generic/resource.h). */
export const RLIMITS = {
  RLIMIT_CPU: 0,
  RLIMIT_FSIZE: 1,
  RLIMIT_DATA: 2,
  RLIMIT_STACK: 3,
  RLIMIT_CORE: 4,
  RLIMIT_RSS: 5,
  RLIMIT_NPROC: 6,
  RLIMIT_NOFILE: 7,
  RLIMIT_MEMLOCK: 8,
  RLIMIT_AS: 9,
  RLIMIT_LOCKS: 10,
  RLIMIT_SIGPENDING: 11,
  RLIMIT_MSGQUEUE: 12,
  RLIMIT_NICE: 13,
  RLIMIT_RTPRIO: 14,
  RLIMIT_RTTIME: 15,
} as const

/** Permissions of a key that are not in every new keyring (security/keys; KEY_* of linux/key.h). */
export const KEY_PERMISSIONS = { KEY_OTH_SEARCH: 0x8, KEY_USR_SEARCH: 0x80000 } as const
