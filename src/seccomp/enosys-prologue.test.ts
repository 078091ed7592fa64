// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeReturn, evaluate } from '../tools/classic-bpf.ts'
import { enosysPrologue, type NewestSyscall } from './enosys-prologue.ts'

const [X86_64, X86, X32, AARCH64] = [0xc000003e, 0x40000003, 0x4000003e, 0xc00000b7]
const BIT = 0x40000000
/** `ret trap`: what the filter behind the prologue says to everything. */
const REST = Uint8Array.of(6, 0, 0, 0, 0, 0, 3, 0)

function verdict(newest: readonly NewestSyscall[], architecture: number, number: number): string {
  const filter = Buffer.concat([enosysPrologue(newest), REST])
  return describeReturn(evaluate(filter, { architecture, number }))
}

test('a system call above the newest one of its own architecture returns ENOSYS, any other reaches the filter', () => {
  const newest = [
    { token: X86_64, number: 300 },
    { token: AARCH64, number: 280 },
    { token: X86, number: 400 },
  ]
  assert.equal(verdict(newest, X86_64, 300), 'trap')
  assert.equal(verdict(newest, X86_64, 301), 'errno 38')
  assert.equal(verdict(newest, AARCH64, 280), 'trap')
  assert.equal(verdict(newest, AARCH64, 281), 'errno 38')
  assert.equal(verdict(newest, X86, 400), 'trap')
  assert.equal(verdict(newest, X86, 401), 'errno 38')
})

test('an architecture that the profile does not name is the filter’s to refuse', () => {
  assert.equal(verdict([{ token: X86, number: 400 }], X86_64, 5000), 'trap')
  assert.equal(verdict([], X86_64, 5000), 'trap')
})

test('x32 has the architecture of x86-64 and a limit of its own', () => {
  const both = [
    { token: X86_64, number: 300 },
    { token: X32, number: BIT + 500 },
  ]
  assert.equal(verdict(both, X86_64, 300), 'trap')
  assert.equal(verdict(both, X86_64, 301), 'errno 38')
  assert.equal(verdict(both, X86_64, BIT + 500), 'trap')
  assert.equal(verdict(both, X86_64, BIT + 501), 'errno 38')
})

test('x32 without x86-64, and x86-64 without x32, leave the numbers of the other alone', () => {
  const [x32, x64] = [[{ token: X32, number: BIT + 500 }], [{ token: X86_64, number: 300 }]]
  assert.equal(verdict(x32, X86_64, 5000), 'trap')
  assert.equal(verdict(x32, X86_64, BIT + 501), 'errno 38')
  assert.equal(verdict(x64, X86_64, BIT + 5000), 'trap')
  assert.equal(verdict(x64, X86_64, 301), 'errno 38')
})
