// SPDX-License-Identifier: Apache-2.0
import { ACTIONS, ENOSYS } from './seccomp-constants.ts'

/** The newest system call that a profile names, by the numbers of one architecture. */
export interface NewestSyscall {
  /** The token of seccomp.h: AUDIT_ARCH_* of linux/audit.h, but for x32. */
  readonly token: number
  readonly number: number
}

const AUDIT_ARCH_X86_64 = 0xc000003e
/** seccomp.h's token of x32, which the kernel reports as AUDIT_ARCH_X86_64 with a bit set in the number. */
const X32 = 0x4000003e
const X32_BIT = 0x40000000

/** Operation codes of classic BPF (linux/bpf_common.h), with words and constants. */
const [LOAD, JUMP, JUMP_EQUAL, JUMP_GREATER, JUMP_SET, RETURN] = [0x20, 0x05, 0x15, 0x25, 0x45, 0x06]
/** Offsets in struct seccomp_data. */
const [NUMBER_AT, ARCHITECTURE_AT] = [0, 4]

type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, value: number]

const FAIL: Instruction = [RETURN, 0, 0, ACTIONS.SCMP_ACT_ERRNO | ENOSYS]

/**
 * Instructions to put before a filter: system calls above the newest one that the profile names return ENOSYS, so that
 * a C library newer than the profile tries an older call instead of giving up. Everything else goes on to the filter.
 */
export function enosysPrologue(newest: readonly NewestSyscall[]): Uint8Array {
  const sections = [...byAuditArchitecture(newest)].map(([architecture, limits]) => {
    const comparison = compareNumber(limits)
    return [[JUMP_EQUAL, 0, comparison.length + 2, architecture], [LOAD, 0, 0, NUMBER_AT], ...comparison] as const
  })
  let after = sections.reduce((sum, { length }) => sum + length + 1, 0)
  const program = sections.flatMap((section): Instruction[] => {
    after -= section.length + 1
    return [...section, [JUMP, 0, 0, after]]
  })
  return assemble(program.length === 0 ? [] : [[LOAD, 0, 0, ARCHITECTURE_AT], ...program])
}

function byAuditArchitecture(newest: readonly NewestSyscall[]): Map<number, NewestSyscall[]> {
  const groups = new Map<number, NewestSyscall[]>()
  for (const each of newest) {
    const architecture = each.token === X32 ? AUDIT_ARCH_X86_64 : each.token
    groups.set(architecture, [...(groups.get(architecture) ?? []), each])
  }
  return groups
}

/** Fails for a number above the limit and goes on behind itself for any other. */
function compareNumber(limits: readonly NewestSyscall[]): readonly Instruction[] {
  const x32 = limits.find(({ token }) => token === X32)
  const other = limits.find(({ token }) => token !== X32)
  if (other?.token !== AUDIT_ARCH_X86_64 && x32 === undefined) return [above(other?.number ?? 0), FAIL]
  if (x32 === undefined) return [[JUMP_SET, 2, 0, X32_BIT], above(other?.number ?? 0), FAIL]
  if (other === undefined) return [[JUMP_SET, 0, 2, X32_BIT], above(x32.number), FAIL]
  return [[JUMP_SET, 1, 0, X32_BIT], [JUMP_GREATER, 1, 2, other.number], above(x32.number), FAIL]
}

function above(limit: number): Instruction {
  return [JUMP_GREATER, 0, 1, limit]
}

/** struct sock_filter: u16 code, u8 jt, u8 jf, u32 k. */
function assemble(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8)
  const view = new DataView(bytes.buffer)
  program.forEach(([code, whenTrue, whenFalse, value], index) => {
    view.setUint16(index * 8, code, true)
    view.setUint8(index * 8 + 2, whenTrue)
    view.setUint8(index * 8 + 3, whenFalse)
    view.setUint32(index * 8 + 4, value, true)
  })
  return bytes
}
