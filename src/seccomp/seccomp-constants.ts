// SPDX-License-Identifier: Apache-2.0
// This room owns seccomp filters: from linux.seccomp to the bytes the shim loads. It never loads one into this process.
import type { SeccompAction, SeccompArch, SeccompFlag, SeccompOperator } from '@opencontainers/runtime-spec-types'
import { SECCOMP_FLAGS } from '../plan/kernel-flags.ts'

/** SECCOMP_RET_* of linux/seccomp.h, as seccomp.h has them; ERRNO and TRACE carry a number in their low 16 bits. */
export const ACTIONS = {
  SCMP_ACT_ALLOW: 0x7fff0000,
  SCMP_ACT_ERRNO: 0x00050000,
  SCMP_ACT_KILL: 0x00000000,
  SCMP_ACT_KILL_PROCESS: 0x80000000,
  SCMP_ACT_KILL_THREAD: 0x00000000,
  SCMP_ACT_LOG: 0x7ffc0000,
  SCMP_ACT_NOTIFY: 0x7fc00000,
  SCMP_ACT_TRACE: 0x7ff00000,
  SCMP_ACT_TRAP: 0x00030000,
} as const satisfies Record<SeccompAction, number>

/** enum scmp_compare. */
export const OPERATORS = {
  SCMP_CMP_EQ: 4,
  SCMP_CMP_GE: 5,
  SCMP_CMP_GT: 6,
  SCMP_CMP_LE: 3,
  SCMP_CMP_LT: 2,
  SCMP_CMP_MASKED_EQ: 7,
  SCMP_CMP_NE: 1,
} as const satisfies Record<SeccompOperator, number>

/**
 * SECCOMP_FILTER_FLAG_* of linux/seccomp.h. TSYNC is accepted and left out: the process that loads the filter has one
 * thread. WAIT_KILLABLE_RECV (Linux 5.19) says how a listener waits, and is left out where there is none.
 */
export const FILTER_FLAGS = {
  SECCOMP_FILTER_FLAG_LOG: SECCOMP_FLAGS.LOG,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: SECCOMP_FLAGS.SPEC_ALLOW,
  SECCOMP_FILTER_FLAG_TSYNC: 0,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: SECCOMP_FLAGS.WAIT_KILLABLE_RECV,
} as const satisfies Record<SeccompFlag, number>

/** What libseccomp calls the architectures (seccomp_arch_resolve_name(3)); an older library knows fewer of them. */
export const ARCHITECTURES = {
  SCMP_ARCH_AARCH64: 'aarch64',
  SCMP_ARCH_ARM: 'arm',
  SCMP_ARCH_LOONGARCH64: 'loongarch64',
  SCMP_ARCH_M68K: 'm68k',
  SCMP_ARCH_MIPS: 'mips',
  SCMP_ARCH_MIPS64: 'mips64',
  SCMP_ARCH_MIPS64N32: 'mips64n32',
  SCMP_ARCH_MIPSEL: 'mipsel',
  SCMP_ARCH_MIPSEL64: 'mipsel64',
  SCMP_ARCH_MIPSEL64N32: 'mipsel64n32',
  SCMP_ARCH_PARISC: 'parisc',
  SCMP_ARCH_PARISC64: 'parisc64',
  SCMP_ARCH_PPC: 'ppc',
  SCMP_ARCH_PPC64: 'ppc64',
  SCMP_ARCH_PPC64LE: 'ppc64le',
  SCMP_ARCH_RISCV64: 'riscv64',
  SCMP_ARCH_S390: 's390',
  SCMP_ARCH_S390X: 's390x',
  SCMP_ARCH_SH: 'sh',
  SCMP_ARCH_SHEB: 'sheb',
  SCMP_ARCH_X32: 'x32',
  SCMP_ARCH_X86: 'x86',
  SCMP_ARCH_X86_64: 'x86_64',
} as const satisfies Record<SeccompArch, string>

/** enum scmp_filter_attr. */
export const ATTRIBUTES = { CTL_NNP: 3, CTL_OPTIMIZE: 8 } as const

/** What a rule returns that gives no errno. */
export const EPERM = 1
export const ENOSYS = 38
