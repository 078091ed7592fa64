// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceRule } from '@opencontainers/runtime-spec-types'
import { settleResources } from '../../spec/settle/settle-resources.ts'
import { type DeviceAccess, resolveDeviceAccess } from '../device-access.ts'
import { compileDeviceFilter } from './device-filter.ts'

// linux/bpf.h, not taken from the code under test.
const BLOCK = 1
const CHAR = 2
const MKNOD = 1
const READ = 2
const WRITE = 4

/** Runs the bytes as the kernel would: 32-bit arithmetic clears the upper half, jumps compare 64 bits. */
function run(program: Uint8Array, type: number, access: number, major: number, minor: number): bigint {
  const view = new DataView(program.buffer)
  const context = [(access << 16) | type, major, minor]
  const registers = Array.from({ length: 11 }, () => 0n)
  for (let at = 0; at * 8 < program.length; at += 1) {
    const code = view.getUint8(at * 8)
    const destination = view.getUint8(at * 8 + 1) & 15
    const source = registers[view.getUint8(at * 8 + 1) >> 4] ?? 0n
    const offset = view.getInt16(at * 8 + 2, true)
    const value = BigInt.asUintN(64, BigInt(view.getInt32(at * 8 + 4, true)))
    const own = registers[destination] ?? 0n
    if (code === 0x61) registers[destination] = BigInt((context[offset / 4] ?? 0) >>> 0)
    else if (code === 0xbc) registers[destination] = BigInt.asUintN(32, source)
    else if (code === 0x54) registers[destination] = BigInt.asUintN(32, own & value)
    else if (code === 0x74) registers[destination] = BigInt.asUintN(32, own) >> value
    else if (code === 0xb4) registers[destination] = BigInt.asUintN(32, value)
    else if (code === 0x15) at += own === value ? offset : 0
    else if (code === 0x55) at += own !== value ? offset : 0
    else if (code === 0x5d) at += own !== source ? offset : 0
    else if (code === 0x95) return registers[0] ?? 0n
    else assert.fail(`instruction ${at} has the unknown code ${code}`)
  }
  return assert.fail('the program runs over its end')
}

const filter = (...devices: DeviceRule[]) =>
  compileDeviceFilter(resolveDeviceAccess(settleResources({ devices }).devices))

test('without rules allows the default devices, every mknod and nothing else', () => {
  const program = filter()
  for (const [major, minor] of [
    [1, 3],
    [1, 5],
    [1, 7],
    [1, 8],
    [1, 9],
    [5, 0],
    [5, 2],
    [10, 200],
    [136, 77],
  ] as const) {
    assert.equal(run(program, CHAR, READ | WRITE, major, minor), 1n, `c ${major}:${minor}`)
    assert.equal(run(program, BLOCK, READ, major, minor), 0n, `b ${major}:${minor}`)
  }
  assert.equal(run(program, CHAR, MKNOD, 250, 9), 1n)
  assert.equal(run(program, BLOCK, MKNOD, 8, 0), 1n)
  assert.equal(run(program, CHAR, MKNOD | READ, 250, 9), 0n)
  assert.equal(run(program, CHAR, READ, 1, 1), 0n)
  assert.equal(run(program, CHAR, READ, 1, 4), 0n)
})

test('allows only what one rule covers as a whole', () => {
  const program = filter({ allow: true, type: 'b', major: 8, minor: 0, access: 'r' })
  assert.equal(run(program, BLOCK, READ, 8, 0), 1n)
  assert.equal(run(program, BLOCK, WRITE, 8, 0), 0n)
  assert.equal(run(program, BLOCK, READ | WRITE, 8, 0), 0n)
  assert.equal(run(program, CHAR, READ, 8, 0), 0n)
})

test('denies what touches any part of a denial where all else is allowed', () => {
  const program = filter({ allow: true, access: 'rwm' }, { allow: false, type: 'b', major: 8, access: 'w' })
  assert.equal(run(program, BLOCK, READ, 8, 3), 1n)
  assert.equal(run(program, BLOCK, WRITE, 8, 3), 0n)
  assert.equal(run(program, BLOCK, READ | WRITE, 8, 3), 0n)
  assert.equal(run(program, BLOCK, READ | WRITE, 9, 3), 1n)
  assert.equal(run(program, CHAR, READ | WRITE, 8, 3), 1n)
})

test('agrees with the rules as cgroup v1 reads them for every combination of a small world', () => {
  const worlds: DeviceRule[][] = [
    [],
    [{ allow: true, access: 'rwm' }],
    [
      { allow: true, access: 'r' },
      { allow: true, type: 'c', major: 1, access: 'w' },
    ],
    [
      { allow: true, access: 'rwm' },
      { allow: false, type: 'a', minor: 3, access: 'rm' },
    ],
    [
      { allow: true, type: 'b', minor: 0, access: 'm' },
      { allow: true, type: 'a', major: 1, minor: 1, access: 'wm' },
    ],
  ]
  for (const devices of worlds) {
    const access = resolveDeviceAccess(settleResources({ devices }).devices)
    const program = compileDeviceFilter(access)
    for (const type of ['b', 'c'] as const)
      for (let asked = 0; asked < 8; asked += 1)
        for (let number = 0; number < 16; number += 1) {
          const [major, minor] = [number >> 2, number & 3]
          const answer = run(program, type === 'b' ? BLOCK : CHAR, asked, major, minor)
          assert.equal(answer === 1n, v1Answer(access, type, asked, major, minor), `${type} ${major}:${minor} ${asked}`)
        }
  }
})

/** devices.c in the kernel: an exception must hold all that is asked to allow, or any of it to deny. */
function v1Answer(
  { allowByDefault, exceptions }: DeviceAccess,
  type: 'b' | 'c',
  asked: number,
  major: number,
  minor: number,
) {
  const matches = exceptions.some(
    (exception) =>
      exception.type === type &&
      (exception.major ?? major) === major &&
      (exception.minor ?? minor) === minor &&
      (allowByDefault ? (asked & exception.access) !== 0 : (asked & ~exception.access) === 0),
  )
  return matches !== allowByDefault
}

test('leaves out devices whose numbers no kernel can have instead of cutting the numbers short', () => {
  const program = filter({ allow: true, type: 'b', major: 2 ** 32 + 8, minor: 2 ** 32, access: 'rwm' })
  assert.equal(run(program, BLOCK, READ, 8, 0), 0n)
})
