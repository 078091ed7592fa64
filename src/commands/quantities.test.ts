// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { durationText, sizeText } from './quantities.ts'

test('sizes are told in the largest unit that fits', () => {
  const sizes = [0, 1023, 1024, 1536, 2 ** 20 - 1, 2 ** 30, 2 ** 50].map(sizeText)
  assert.deepEqual(sizes, ['0 B', '1023 B', '1 KiB', '1.5 KiB', '1024 KiB', '1 GiB', '1024 TiB'])
})

test('durations are told as one number', () => {
  const durations = [0, 0.004, 1.239, 9.999, 12.7, 119, 120, 7199, 7200, 172799, 172800].map(durationText)
  const expected = ['0 s', '0 s', '1.24 s', '10 s', '12 s', '119 s', '2 min', '119 min', '2 h', '47 h', '2 days']
  assert.deepEqual(durations, expected)
})
