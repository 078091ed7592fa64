// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {
  Seccomp,
  SeccompAction,
  SeccompArch,
  SeccompArg,
  SeccompFlag,
  SeccompOperator,
} from '@opencontainers/runtime-spec-types'
import { describeReturn, evaluate } from '../tools/classic-bpf.ts'
import { makeSpec } from '../tools/make-spec.ts'
import { compileFilter } from './host-compile-filter.ts'
import { loadingOf } from './host-seccomp-filter.ts'
import { ACTIONS, OPERATORS } from './seccomp-constants.ts'

const [X86_64, X86, AARCH64] = [0xc000003e, 0x40000003, 0xc00000b7]
/** Numbers of two system calls. */
const MKDIRAT = { x86_64: 258, x86: 296, aarch64: 34 }
const GETPID = { x86_64: 39, aarch64: 172 }

function compile(profile: Partial<Seccomp>, native: SeccompArch = 'SCMP_ARCH_X86_64') {
  const { seccomp } = makeSpec({
    linux: { seccomp: { defaultAction: 'SCMP_ACT_ALLOW', listenerPath: '/agent', ...profile } },
  }).linux
  if (seccomp === undefined) throw new Error('no profile')
  return compileFilter(seccomp, native)
}

function verdict(profile: Partial<Seccomp>, number: number, args: bigint[] = [], architecture = X86_64): string {
  const native = architecture === AARCH64 ? 'SCMP_ARCH_AARCH64' : 'SCMP_ARCH_X86_64'
  return describeReturn(evaluate(compile(profile, native).filter, { architecture, number, args }))
}

const rule = (action: SeccompAction, args: SeccompArg[] = [], errnoRet?: number) => ({
  syscalls: [{ names: ['mkdirat'], action, args, ...(errnoRet === undefined ? {} : { errnoRet }) }],
})

const RETURNED: Record<SeccompAction, string> = {
  SCMP_ACT_ALLOW: 'allow',
  SCMP_ACT_ERRNO: 'errno 1',
  SCMP_ACT_KILL: 'kill_thread',
  SCMP_ACT_KILL_PROCESS: 'kill_process',
  SCMP_ACT_KILL_THREAD: 'kill_thread',
  SCMP_ACT_LOG: 'log',
  SCMP_ACT_NOTIFY: 'user_notif',
  SCMP_ACT_TRACE: 'trace 1',
  SCMP_ACT_TRAP: 'trap',
}

for (const action of Object.keys(ACTIONS) as SeccompAction[]) {
  test(`${action} of a rule and by default`, () => {
    const defaultAction = action === 'SCMP_ACT_ALLOW' ? 'SCMP_ACT_TRAP' : 'SCMP_ACT_ALLOW'
    assert.equal(verdict({ defaultAction, ...rule(action) }, MKDIRAT.x86_64), RETURNED[action])
    if (action === 'SCMP_ACT_NOTIFY') return
    const byDefault = { defaultAction: action, ...rule(defaultAction) }
    assert.equal(verdict(byDefault, 0), RETURNED[action])
    assert.equal(verdict(byDefault, MKDIRAT.x86_64), RETURNED[defaultAction])
  })
}

test('ERRNO and TRACE return the number they are given, EPERM without one', () => {
  assert.equal(verdict(rule('SCMP_ACT_ERRNO', [], 38), MKDIRAT.x86_64), 'errno 38')
  assert.equal(verdict(rule('SCMP_ACT_ERRNO', [], 0), MKDIRAT.x86_64), 'errno 0')
  assert.equal(verdict(rule('SCMP_ACT_TRACE', [], 77), MKDIRAT.x86_64), 'trace 77')
  assert.equal(verdict({ defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 13 }, 0), 'errno 13')
})

/** Argument values on both sides of the line between true and false. */
const COMPARED: Record<SeccompOperator, { holds: bigint[]; fails: bigint[] }> = {
  SCMP_CMP_NE: { holds: [6n, 8n, 7n << 32n], fails: [7n] },
  SCMP_CMP_LT: { holds: [0n, 6n], fails: [7n, 8n, 1n << 40n] },
  SCMP_CMP_LE: { holds: [0n, 7n], fails: [8n, 1n << 40n] },
  SCMP_CMP_EQ: { holds: [7n], fails: [6n, 8n, (1n << 32n) | 7n] },
  SCMP_CMP_GE: { holds: [7n, 8n, 1n << 40n], fails: [0n, 6n] },
  SCMP_CMP_GT: { holds: [8n, 1n << 40n], fails: [0n, 7n] },
  SCMP_CMP_MASKED_EQ: { holds: [0x15n, 0xff15n], fails: [0x14n, 0x05n, 0n] },
}

for (const op of Object.keys(OPERATORS) as SeccompOperator[]) {
  test(`${op} compares all 64 bits of an argument`, () => {
    const arg =
      op === 'SCMP_CMP_MASKED_EQ' ? { index: 1, op, value: 0x1fn, valueTwo: 0x15n } : { index: 1, op, value: 7 }
    const profile = rule('SCMP_ACT_TRAP', [arg])
    for (const value of COMPARED[op].holds) assert.equal(verdict(profile, MKDIRAT.x86_64, [0n, value]), 'trap')
    for (const value of COMPARED[op].fails) assert.equal(verdict(profile, MKDIRAT.x86_64, [0n, value]), 'allow')
  })
}

test('conditions on several arguments must all hold', () => {
  const profile = rule('SCMP_ACT_TRAP', [
    { index: 0, op: 'SCMP_CMP_EQ', value: 1 },
    { index: 1, op: 'SCMP_CMP_EQ', value: 18446744073709551615n },
  ])
  assert.equal(verdict(profile, MKDIRAT.x86_64, [1n, 18446744073709551615n]), 'trap')
  assert.equal(verdict(profile, MKDIRAT.x86_64, [1n, 2n]), 'allow')
  assert.equal(verdict(profile, MKDIRAT.x86_64, [2n, 18446744073709551615n]), 'allow')
})

test('as soon as two conditions speak of one argument, each condition is a rule of its own', () => {
  const profile = rule('SCMP_ACT_TRAP', [
    { index: 0, op: 'SCMP_CMP_EQ', value: 1 },
    { index: 0, op: 'SCMP_CMP_EQ', value: 2 },
    { index: 1, op: 'SCMP_CMP_EQ', value: 9 },
  ])
  for (const args of [
    [1n, 0n],
    [2n, 0n],
    [5n, 9n],
  ])
    assert.equal(verdict(profile, MKDIRAT.x86_64, args), 'trap')
  assert.equal(verdict(profile, MKDIRAT.x86_64, [5n, 5n]), 'allow')
})

test('a rule whose action is the default adds nothing', () => {
  const allowed = { names: ['getpid'], action: 'SCMP_ACT_ALLOW' as const }
  const without = compile({ defaultAction: 'SCMP_ACT_ERRNO', syscalls: [allowed] })
  const superfluous = { names: ['getppid', 'read'], action: 'SCMP_ACT_ERRNO' as const }
  const withRule = compile({ defaultAction: 'SCMP_ACT_ERRNO', syscalls: [allowed, superfluous] })
  assert.equal(verdict({ defaultAction: 'SCMP_ACT_ERRNO', syscalls: [allowed, superfluous] }, 0), 'errno 1')
  // The prologue counts its names, as runc's does; the filter behind it is the same.
  assert.equal(withRule.filter.length, without.filter.length)
})

test('system calls that libseccomp does not know are left out and named', () => {
  const syscalls = [{ names: ['no_such_call', 'mkdirat'], action: 'SCMP_ACT_TRAP' as const }]
  assert.deepEqual(compile({ syscalls }).unknownSyscalls, ['no_such_call'])
  assert.equal(verdict({ syscalls }, MKDIRAT.x86_64), 'trap')
})

test('the filter knows the native architecture and those of the profile, and ends whoever comes with another', () => {
  const both = { ...rule('SCMP_ACT_TRAP'), architectures: ['SCMP_ARCH_X86'] as SeccompArch[] }
  assert.equal(verdict(both, MKDIRAT.x86, [], X86), 'trap')
  assert.equal(verdict(both, MKDIRAT.x86_64), 'trap')
  assert.equal(verdict(rule('SCMP_ACT_TRAP'), MKDIRAT.x86, [], X86), 'kill_thread')
})

test('on arm64 the numbers of arm64 count', () => {
  assert.equal(verdict(rule('SCMP_ACT_TRAP'), MKDIRAT.aarch64, [], AARCH64), 'trap')
  const denying = {
    defaultAction: 'SCMP_ACT_ERRNO' as const,
    syscalls: [{ names: ['getpid'], action: 'SCMP_ACT_ALLOW' as const }],
  }
  assert.equal(verdict(denying, GETPID.aarch64, [], AARCH64), 'allow')
  assert.equal(verdict(denying, GETPID.aarch64 - 1, [], AARCH64), 'errno 1')
  assert.equal(verdict(denying, GETPID.aarch64 + 1, [], AARCH64), 'errno 38')
})

test('system calls newer than the profile return ENOSYS unless the default lets them pass', () => {
  const newer = (defaultAction: SeccompAction, defaultErrnoRet?: number) =>
    verdict(
      {
        defaultAction,
        ...(defaultErrnoRet === undefined ? {} : { defaultErrnoRet }),
        syscalls: [
          { names: ['getpid'], action: defaultAction === 'SCMP_ACT_ALLOW' ? 'SCMP_ACT_TRAP' : 'SCMP_ACT_ALLOW' },
        ],
      },
      GETPID.x86_64 + 1,
    )
  assert.equal(newer('SCMP_ACT_ERRNO'), 'errno 38')
  assert.equal(newer('SCMP_ACT_ERRNO', 13), 'errno 38')
  assert.equal(newer('SCMP_ACT_KILL'), 'errno 38')
  assert.equal(newer('SCMP_ACT_KILL_PROCESS'), 'errno 38')
  assert.equal(newer('SCMP_ACT_TRAP'), 'errno 38')
  assert.equal(newer('SCMP_ACT_ALLOW'), 'allow')
  assert.equal(newer('SCMP_ACT_LOG'), 'log')
  assert.equal(newer('SCMP_ACT_TRACE'), 'trace 1')
})

test('every architecture that this libseccomp knows can be compiled for', () => {
  const known: SeccompArch[] = ['SCMP_ARCH_X86', 'SCMP_ARCH_X32', 'SCMP_ARCH_ARM', 'SCMP_ARCH_AARCH64']
  known.push(
    'SCMP_ARCH_MIPSEL',
    'SCMP_ARCH_MIPSEL64',
    'SCMP_ARCH_MIPSEL64N32',
    'SCMP_ARCH_PPC64LE',
    'SCMP_ARCH_RISCV64',
  )
  assert.ok(compile({ ...rule('SCMP_ACT_TRAP'), architectures: known }).filter.length > 0)
})

test('an architecture of another byte order is refused with its place', () => {
  const architectures: SeccompArch[] = ['SCMP_ARCH_X86', 'SCMP_ARCH_S390X']
  assert.throws(() => compile({ architectures }), {
    message: /^cannot compile the seccomp profile: libseccomp refuses SCMP_ARCH_S390X with /,
    details: { pointer: '/linux/seccomp/architectures/1' },
  })
})

test('flags: SPEC_ALLOW where the list is absent, none where it is empty, and what the kernel would refuse is left out', () => {
  const syscalls = [{ names: ['mkdirat'], action: 'SCMP_ACT_NOTIFY' as const, args: [] }]
  const flagsOf = (flags: SeccompFlag[] | undefined, listened = false) => {
    const { flags: loaded, listener } = loadingOf({ ...(flags && { flags }), syscalls: listened ? syscalls : [] })
    assert.equal(listener, listened)
    return loaded
  }
  assert.equal(flagsOf(undefined), 4)
  assert.equal(flagsOf([]), 0)
  assert.equal(flagsOf(['SECCOMP_FILTER_FLAG_LOG', 'SECCOMP_FILTER_FLAG_SPEC_ALLOW']), 6)
  assert.equal(flagsOf(['SECCOMP_FILTER_FLAG_TSYNC']), 0)
  assert.equal(flagsOf(['SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV']), 0)
  assert.equal(flagsOf(['SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV'], true), 32)
})
