// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { test } from 'node:test'
import { posix as ours } from './path.ts'

const PARTS = [
  '',
  '/',
  '//',
  '.',
  './',
  '..',
  '../',
  '/..',
  'a',
  'a/',
  '/a',
  '/a/',
  'a//b',
  '/a/./b/../c',
  '...',
  'ü/é ',
  '///a',
  '//a/b',
]
const PAIRS = PARTS.flatMap((one) => PARTS.map((other) => [one, other] as const))

test('does with every path what node:path does', () => {
  for (const [one, other] of PAIRS) {
    const path = one + other
    for (const name of ['normalize', 'dirname', 'basename'] as const) {
      assert.equal(ours[name](path), posix[name](path), `${name} of "${path}"`)
    }
    for (const name of ['join', 'resolve'] as const) {
      assert.equal(ours[name](one, other), posix[name](one, other), `${name} of "${one}" and "${other}"`)
      assert.equal(
        ours[name]('/x/y', one, other),
        posix[name]('/x/y', one, other),
        `${name} of "${one}" and "${other}" below /x/y`,
      )
    }
  }
  assert.equal(ours.join(), posix.join())
  assert.equal(ours.resolve(), posix.resolve())
})
