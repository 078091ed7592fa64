// SPDX-License-Identifier: Apache-2.0
import type { Int64 } from './values.ts'

/** config-linux.md, Seccomp */
export interface Seccomp {
  /** What happens to a system call no rule names (config-linux.md, Seccomp). */
  defaultAction: SeccompAction
  /** errno of a default action that takes one; default EPERM (config-linux.md, Seccomp). */
  defaultErrnoRet?: number
  /** Architectures besides the native one (config-linux.md, Seccomp). */
  architectures?: SeccompArch[]
  /** Flags of seccomp(2) (config-linux.md, Seccomp). */
  flags?: SeccompFlag[]
  /** UNIX socket that gets the notification descriptor (config-linux.md, Seccomp). */
  listenerPath?: string
  /** Text handed to that socket, only with listenerPath (config-linux.md, Seccomp). */
  listenerMetadata?: string
  /** Rules by system call (config-linux.md, Seccomp). */
  syscalls?: SeccompSyscall[]
}

/** config-linux.md, Seccomp */
export interface SeccompSyscall {
  /** Names of system calls, at least one (config-linux.md, Seccomp). */
  names: string[]
  /** What happens to them (config-linux.md, Seccomp). */
  action: SeccompAction
  /** errno of an action that takes one; default EPERM (config-linux.md, Seccomp). */
  errnoRet?: number
  /** Conditions on the arguments, all of which must hold (config-linux.md, Seccomp). */
  args?: SeccompArg[]
}

/** config-linux.md, Seccomp */
export interface SeccompArg {
  /** Which argument, 0 to 5 (config-linux.md, Seccomp). */
  index: number
  /** Value to compare with, or the mask (config-linux.md, Seccomp). */
  value: Int64
  /** Value expected under the mask (config-linux.md, Seccomp). */
  valueTwo?: Int64
  /** Comparison (config-linux.md, Seccomp). */
  op: SeccompOperator
}

export type SeccompAction =
  | 'SCMP_ACT_KILL'
  | 'SCMP_ACT_KILL_PROCESS'
  | 'SCMP_ACT_KILL_THREAD'
  | 'SCMP_ACT_TRAP'
  | 'SCMP_ACT_ERRNO'
  | 'SCMP_ACT_TRACE'
  | 'SCMP_ACT_ALLOW'
  | 'SCMP_ACT_LOG'
  | 'SCMP_ACT_NOTIFY'

export type SeccompOperator =
  | 'SCMP_CMP_NE'
  | 'SCMP_CMP_LT'
  | 'SCMP_CMP_LE'
  | 'SCMP_CMP_EQ'
  | 'SCMP_CMP_GE'
  | 'SCMP_CMP_GT'
  | 'SCMP_CMP_MASKED_EQ'

export type SeccompFlag =
  | 'SECCOMP_FILTER_FLAG_TSYNC'
  | 'SECCOMP_FILTER_FLAG_LOG'
  | 'SECCOMP_FILTER_FLAG_SPEC_ALLOW'
  | 'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV'

export type SeccompArch =
  | 'SCMP_ARCH_X86'
  | 'SCMP_ARCH_X86_64'
  | 'SCMP_ARCH_X32'
  | 'SCMP_ARCH_ARM'
  | 'SCMP_ARCH_AARCH64'
  | 'SCMP_ARCH_MIPS'
  | 'SCMP_ARCH_MIPS64'
  | 'SCMP_ARCH_MIPS64N32'
  | 'SCMP_ARCH_MIPSEL'
  | 'SCMP_ARCH_MIPSEL64'
  | 'SCMP_ARCH_MIPSEL64N32'
  | 'SCMP_ARCH_PPC'
  | 'SCMP_ARCH_PPC64'
  | 'SCMP_ARCH_PPC64LE'
  | 'SCMP_ARCH_S390'
  | 'SCMP_ARCH_S390X'
  | 'SCMP_ARCH_PARISC'
  | 'SCMP_ARCH_PARISC64'
  | 'SCMP_ARCH_RISCV64'
  | 'SCMP_ARCH_LOONGARCH64'
  | 'SCMP_ARCH_M68K'
  | 'SCMP_ARCH_SH'
  | 'SCMP_ARCH_SHEB'
