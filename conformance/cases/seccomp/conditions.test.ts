// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { casesOf } from '../../harness/conformance-case.ts'
import type { JsonObject } from '../../harness/json.ts'
import type { Requirement } from '../../harness/requires.ts'
import { allowAllBut, callsIn, rule } from '../../harness/seccomp.ts'

const it = casesOf('seccomp')

const x86: Requirement = () => (process.arch === 'x64' ? undefined : 'needs an x86-64 machine')

/** Values of the fourth argument of getppid, which takes none, on both sides of the line. */
const operators: Record<string, { arg: JsonObject; holds: string[]; fails: string[] }> = {
  SCMP_CMP_NE: { arg: { value: 7 }, holds: ['6', '8', '0x700000000'], fails: ['7'] },
  SCMP_CMP_LT: { arg: { value: 7 }, holds: ['0', '6'], fails: ['7', '8', '0x100000000'] },
  SCMP_CMP_LE: { arg: { value: 7 }, holds: ['0', '7'], fails: ['8', '0x100000000'] },
  SCMP_CMP_EQ: { arg: { value: 7 }, holds: ['7'], fails: ['6', '8', '0x100000007'] },
  SCMP_CMP_GE: { arg: { value: 7 }, holds: ['7', '8', '0x100000000'], fails: ['0', '6'] },
  SCMP_CMP_GT: { arg: { value: 7 }, holds: ['8', '0x100000000'], fails: ['0', '7'] },
  SCMP_CMP_MASKED_EQ: {
    arg: { value: 0x1f, valueTwo: 0x15 },
    holds: ['0x15', '0xff15', '0xf00000015'],
    fails: ['0x14', '0x05', '0'],
  },
}

const withArgs = (...args: JsonObject[]) => allowAllBut(rule('SCMP_ACT_ERRNO', ['getppid'], { args }))

for (const [op, { arg, holds, fails }] of Object.entries(operators)) {
  it(`${op} compares all 64 bits of an argument`, async (c) => {
    const calls = [...holds, ...fails].map((value) => `getppid:0,0,0,${value}`)
    const results = await callsIn(c, c.bundle(withArgs({ index: 3, op, ...arg })), ...calls)
    assert.deepEqual(results, [...holds.map(() => 'EPERM'), ...fails.map(() => 0)])
  })
}

it('a value beyond 2^53 is compared to the last bit', async (c) => {
  const bundle = c.bundle(withArgs({ index: 0, op: 'SCMP_CMP_EQ', value: 18446744073709551615n }))
  const calls = ['getppid:18446744073709551615', 'getppid:18446744073709551614', 'getppid:0xffffffff']
  assert.deepEqual(await callsIn(c, bundle, ...calls), ['EPERM', 0, 0])
})

it('conditions on several arguments must all hold', async (c) => {
  const conditions = [0, 1, 5].map((index) => ({ index, op: 'SCMP_CMP_EQ', value: index + 1 }))
  const calls = ['getppid:1,2,0,0,0,6', 'getppid:1,2', 'getppid:0,2,0,0,0,6']
  assert.deepEqual(await callsIn(c, c.bundle(withArgs(...conditions)), ...calls), ['EPERM', 0, 0])
})

it('as soon as two conditions speak of one argument, one that holds is enough', async (c) => {
  const conditions = [
    { index: 0, op: 'SCMP_CMP_EQ', value: 1 },
    { index: 0, op: 'SCMP_CMP_EQ', value: 2 },
    { index: 1, op: 'SCMP_CMP_EQ', value: 9 },
  ]
  const calls = ['getppid:1', 'getppid:2', 'getppid:5,9', 'getppid:5,5']
  assert.deepEqual(await callsIn(c, c.bundle(withArgs(...conditions)), ...calls), ['EPERM', 'EPERM', 'EPERM', 0])
})

it(
  'a call of an architecture that the profile lists is judged by it, and one of another ends the thread',
  async (c) => {
    const rules = { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule('SCMP_ACT_ERRNO', ['setsid'], { errnoRet: 95 })] }
    const call32 = (architectures: string[], number: number) =>
      c.runtime([
        'run',
        '--bundle',
        c.bundle({ linux: { seccomp: { ...rules, architectures } } }).probe('call32', String(number)).path,
        c.id(),
      ])
    const both = ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86']
    // getppid and setsid by their numbers of 32-bit x86.
    assert.equal((await call32(both, 64)).stdout, '0\n')
    assert.equal((await call32(both, 66)).stdout, '-95\n')
    assert.equal((await call32(['SCMP_ARCH_X86_64'], 64)).status, 159)
    assert.equal((await call32(['SCMP_ARCH_X86'], 66)).stdout, '-95\n')
  },
  { requires: [x86] },
)

it('the native architecture is filtered whether the profile lists it or not', async (c) => {
  const seccomp = { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule('SCMP_ACT_ERRNO', ['setsid'])] }
  for (const architectures of [undefined, [], ['SCMP_ARCH_X86'], ['SCMP_ARCH_ARM']])
    assert.deepEqual(await callsIn(c, c.bundle({ linux: { seccomp: { ...seccomp, architectures } } }), 'setsid'), [
      'EPERM',
    ])
})
