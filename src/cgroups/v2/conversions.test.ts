// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cpuWeight, ioWeight, limitOrMax, swapMax } from './conversions.ts'

test('maps the least, the default and the most cpu shares to their counterparts', () => {
  assert.equal(cpuWeight(1n), 1)
  assert.equal(cpuWeight(2n), 1)
  assert.equal(cpuWeight(1024n), 100)
  assert.equal(cpuWeight(262_144n), 10_000)
  assert.equal(cpuWeight(2n ** 64n - 1n), 10_000)
})

test('never gives less weight to more shares', () => {
  let last = 0
  for (let shares = 2n; shares <= 262_144n; shares += 97n) {
    const weight = cpuWeight(shares)
    assert.ok(weight >= last && weight >= 1 && weight <= 10_000, `${shares} shares`)
    last = weight
  }
})

test('maps block I/O weights linearly', () => {
  assert.deepEqual([10, 500, 1000].map(ioWeight), [1, 4950, 10_000])
})

test('subtracts the memory limit from memory+swap', () => {
  assert.equal(swapMax(100n, 300n), '200')
  assert.equal(swapMax(100n, 100n), '0')
  assert.equal(swapMax(100n, -1n), 'max')
  assert.equal(swapMax(100n, undefined), undefined)
  assert.equal(swapMax(undefined, undefined), undefined)
})

test('lifts the limit of swap with that of memory', () => {
  assert.equal(swapMax(-1n, undefined), 'max')
  assert.equal(swapMax(-1n, 300n), '300')
})

test('writes limits beyond 2^53 in full', () => {
  assert.equal(limitOrMax(2n ** 63n - 1n), '9223372036854775807')
  assert.equal(limitOrMax(-1n), 'max')
  assert.equal(limitOrMax(undefined), undefined)
})
