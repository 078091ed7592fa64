// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDuration } from './duration.ts'

test('reads durations as Go does', () => {
  const durations = {
    '5s': 5000,
    '1m30s': 90_000,
    '500ms': 500,
    '1.5h': 5_400_000,
    '.5s': 500,
    '1.s': 1000,
    '250us': 0.25,
    '250µs': 0.25,
    '+2s': 2000,
    '-1s': -1000,
    '0': 0,
    '0s': 0,
  }
  for (const [text, milliseconds] of Object.entries(durations)) assert.equal(parseDuration(text), milliseconds, text)
  for (const text of ['', '5', 's', '5 s', '1d', '.s', '1..5s', '5s ', '1e3s', '--1s', '5S', 'abc', '1s2']) {
    assert.equal(parseDuration(text), undefined, text)
  }
})

test('knows no duration that Go has no room for', () => {
  assert.equal(parseDuration('2562047h'), 2562047 * 3_600_000)
  for (const text of ['2562048h', `${'9'.repeat(400)}h`]) assert.equal(parseDuration(text), undefined, text)
})
