// SPDX-License-Identifier: Apache-2.0
import type {
  Seccomp,
  SeccompAction,
  SeccompArch,
  SeccompArg,
  SeccompFlag,
  SeccompOperator,
  SeccompSyscall,
} from '@opencontainers/runtime-spec-types'
import type { NamedSchema } from './nodes.ts'
import { integer, list, named, object, oneOf, string, stringList, uint32, uint64 } from './nodes.ts'

const SECCOMP_ARCHITECTURES = {
  SCMP_ARCH_X86: true,
  SCMP_ARCH_X86_64: true,
  SCMP_ARCH_X32: true,
  SCMP_ARCH_ARM: true,
  SCMP_ARCH_AARCH64: true,
  SCMP_ARCH_MIPS: true,
  SCMP_ARCH_MIPS64: true,
  SCMP_ARCH_MIPS64N32: true,
  SCMP_ARCH_MIPSEL: true,
  SCMP_ARCH_MIPSEL64: true,
  SCMP_ARCH_MIPSEL64N32: true,
  SCMP_ARCH_PPC: true,
  SCMP_ARCH_PPC64: true,
  SCMP_ARCH_PPC64LE: true,
  SCMP_ARCH_S390: true,
  SCMP_ARCH_S390X: true,
  SCMP_ARCH_PARISC: true,
  SCMP_ARCH_PARISC64: true,
  SCMP_ARCH_RISCV64: true,
  SCMP_ARCH_LOONGARCH64: true,
  SCMP_ARCH_M68K: true,
  SCMP_ARCH_SH: true,
  SCMP_ARCH_SHEB: true,
} as const

const ACTIONS = {
  SCMP_ACT_KILL: true,
  SCMP_ACT_KILL_PROCESS: true,
  SCMP_ACT_KILL_THREAD: true,
  SCMP_ACT_TRAP: true,
  SCMP_ACT_ERRNO: true,
  SCMP_ACT_TRACE: true,
  SCMP_ACT_ALLOW: true,
  SCMP_ACT_LOG: true,
  SCMP_ACT_NOTIFY: true,
} as const

const OPERATORS = {
  SCMP_CMP_NE: true,
  SCMP_CMP_LT: true,
  SCMP_CMP_LE: true,
  SCMP_CMP_EQ: true,
  SCMP_CMP_GE: true,
  SCMP_CMP_GT: true,
  SCMP_CMP_MASKED_EQ: true,
} as const

export const SECCOMP_FLAGS = {
  SECCOMP_FILTER_FLAG_TSYNC: true,
  SECCOMP_FILTER_FLAG_LOG: true,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: true,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: true,
} as const

export const seccompSchemas: readonly NamedSchema[] = [
  named('seccompAction', oneOf<SeccompAction>(ACTIONS)),
  named(
    'seccomp',
    object<Seccomp>(
      {
        defaultAction: { $ref: 'seccompAction' },
        defaultErrnoRet: uint32,
        architectures: list(oneOf<SeccompArch>(SECCOMP_ARCHITECTURES)),
        flags: list(oneOf<SeccompFlag>(SECCOMP_FLAGS)),
        listenerPath: string,
        listenerMetadata: string,
        syscalls: list({ $ref: 'seccompSyscall' }),
      },
      ['defaultAction'],
    ),
  ),
  named(
    'seccompSyscall',
    object<SeccompSyscall>(
      {
        names: stringList,
        action: { $ref: 'seccompAction' },
        errnoRet: uint32,
        args: list(
          object<SeccompArg>(
            { index: integer(0, 5), value: uint64, valueTwo: uint64, op: oneOf<SeccompOperator>(OPERATORS) },
            ['index', 'value', 'op'],
          ),
        ),
      },
      ['names', 'action'],
    ),
  ),
]
