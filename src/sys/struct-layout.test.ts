// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { structLayout } from './struct-layout.ts'

const sample = structLayout({ a: 'u8', b: 'u32', c: 'u16', d: 'pointer', e: 'i32' })

test('lays members out with the padding of C', () => {
  assert.deepEqual(sample.offsets, { a: 0, b: 4, c: 8, d: 16, e: 24 })
  assert.equal(sample.size, 32)
})

test('packs little-endian and reads the same values back', () => {
  const memory = sample.pack({ a: 0xff, b: 0xfffffffe, d: 0x1122334455667788n, e: -2 })
  assert.deepEqual([...memory.subarray(0, 8)], [0xff, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff])
  assert.equal(sample.get(memory, 'b'), 0xfffffffe)
  assert.equal(sample.get(memory, 'c'), 0)
  assert.equal(sample.get(memory, 'd'), 0x1122334455667788n)
  assert.equal(sample.get(memory, 'e'), -2)
})
