// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonText } from './json-text.ts'

test('has no control character but the newlines of its layout, and the same value', () => {
  const value = { '\u009b31m': ['\u007f\u001b[2J\n', 'é'] }
  assert.doesNotMatch(jsonText(value), /\p{Cc}/u)
  assert.deepEqual(JSON.parse(jsonText(value)), value)
  assert.deepEqual(JSON.parse(jsonText(value, 2)), value)
})
