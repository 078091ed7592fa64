// SPDX-License-Identifier: Apache-2.0
// This room owns seccomp filters: from linux.seccomp to the bytes the shim loads. It never loads one into this process.

/** Values of seccomp.h; ERRNO and TRACE carry a number in their low 16 bits. */
export const ACTIONS = {
  SCMP_ACT_KILL: 0x00000000,
  SCMP_ACT_KILL_THREAD: 0x00000000,
  SCMP_ACT_KILL_PROCESS: 0x80000000,
  SCMP_ACT_TRAP: 0x00030000,
  SCMP_ACT_ERRNO: 0x00050000,
  SCMP_ACT_TRACE: 0x7ff00000,
  SCMP_ACT_LOG: 0x7ffc0000,
  SCMP_ACT_ALLOW: 0x7fff0000,
} as const

export const OPERATORS = {
  SCMP_CMP_NE: 1,
  SCMP_CMP_LT: 2,
  SCMP_CMP_LE: 3,
  SCMP_CMP_EQ: 4,
  SCMP_CMP_GE: 5,
  SCMP_CMP_GT: 6,
  SCMP_CMP_MASKED_EQ: 7,
} as const

/** Flags of seccomp(2); TSYNC has nothing to do where the process has one thread, so it is accepted and left out. */
export const FILTER_FLAGS = {
  SECCOMP_FILTER_FLAG_TSYNC: 0,
  SECCOMP_FILTER_FLAG_LOG: 2,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: 4,
} as const

/** enum scmp_filter_attr. */
export const ATTRIBUTES = { CTL_NNP: 3, CTL_OPTIMIZE: 8 } as const

export const EPERM = 1
