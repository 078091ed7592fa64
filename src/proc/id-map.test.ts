// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { insideOf, parseIdMap } from './id-map.ts'

const ranges = parseIdMap('         0       1000          1\n         1     100000      65536\n')

test('reads the ranges of a map', () => {
  assert.deepEqual(ranges, [
    { inside: 0, outside: 1000, size: 1 },
    { inside: 1, outside: 100000, size: 65536 },
  ])
  assert.deepEqual(parseIdMap(''), [])
})

test('finds the id inside, from the first to the last of a range and not beyond', () => {
  const inside = [999, 1000, 1001, 99999, 100000, 165535, 165536].map((id) => insideOf(ranges, id))
  assert.deepEqual(inside, [undefined, 0, undefined, undefined, 1, 65536, undefined])
})
