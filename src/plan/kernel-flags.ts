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

/** Policies of sched_setattr(2) (linux/sched.h); SCHED_ISO is reserved and no Linux has it. */
export const SCHEDULER_POLICIES = {
  SCHED_OTHER: 0,
  SCHED_FIFO: 1,
  SCHED_RR: 2,
  SCHED_BATCH: 3,
  SCHED_ISO: 4,
  SCHED_IDLE: 5,
  SCHED_DEADLINE: 6,
} as const

export const SCHEDULER_FLAGS = {
  SCHED_FLAG_RESET_ON_FORK: 0x01,
  SCHED_FLAG_RECLAIM: 0x02,
  SCHED_FLAG_DL_OVERRUN: 0x04,
  SCHED_FLAG_KEEP_POLICY: 0x08,
  SCHED_FLAG_KEEP_PARAMS: 0x10,
  SCHED_FLAG_UTIL_CLAMP_MIN: 0x20,
  SCHED_FLAG_UTIL_CLAMP_MAX: 0x40,
} as const

/** Classes of ioprio_set(2) (linux/ioprio.h). */
export const IO_PRIORITY_CLASSES = { IOPRIO_CLASS_RT: 1, IOPRIO_CLASS_BE: 2, IOPRIO_CLASS_IDLE: 3 } as const

/** Modes of set_mempolicy(2) (linux/mempolicy.h), and the flags that go into the same number. */
export const MEMORY_POLICY_MODES = {
  MPOL_DEFAULT: 0,
  MPOL_PREFERRED: 1,
  MPOL_BIND: 2,
  MPOL_INTERLEAVE: 3,
  MPOL_LOCAL: 4,
  MPOL_PREFERRED_MANY: 5,
  MPOL_WEIGHTED_INTERLEAVE: 6,
} as const

export const MEMORY_POLICY_FLAGS = {
  MPOL_F_NUMA_BALANCING: 1 << 13,
  MPOL_F_RELATIVE_NODES: 1 << 14,
  MPOL_F_STATIC_NODES: 1 << 15,
} as const

/** PER_* of linux/personality.h by the specification's names. */
export const PERSONALITIES = { LINUX: 0, LINUX32: 8 } as const

/** SECCOMP_FILTER_FLAG_* of linux/seccomp.h that a profile can ask for. */
export const SECCOMP_FLAGS = { LOG: 0x2, SPEC_ALLOW: 0x4, WAIT_KILLABLE_RECV: 0x20 } as const

/** The kernel's word for a number of one of these tables, or the number where there is none. */
export function nameOf(table: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(table).find((name) => table[name] === value) ?? String(value)
}
