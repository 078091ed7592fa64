// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseVariant } from './variant-text.ts'

const read: [string, string, unknown][] = [
  ['true', 'b', true],
  ['boolean false', 'b', false],
  ['5', 'i', 5n],
  ['-5', 'i', -5n],
  ['0x10', 'i', 16n],
  ['uint64 18446744073709551615', 't', 18446744073709551615n],
  ['byte 255', 'y', 255n],
  ['@x 7', 'x', 7n],
  ['1.5', 'd', 1.5],
  ['1e3', 'd', 1000],
  ['double 2', 'd', 2],
  ["'inactive-or-failed'", 's', 'inactive-or-failed'],
  ['"it\\\'s \\"it\\""', 's', 'it\'s "it"'],
  ["objectpath '/a'", 'o', '/a'],
  ["['a', 'b']", 'as', ['a', 'b']],
  [' [ uint32 1 , 2 ] ', 'au', [1n, 2n]],
  ['@as []', 'as', []],
  ["@as ['a,]']", 'as', ['a,]']],
  ['[[1], [2, 3]]', 'aai', [[1n], [2n, 3n]]],
]
for (const [text, signature, value] of read) {
  test(`reads ${text} as ${signature}`, () => assert.deepEqual(parseVariant(text), { signature, value }))
}

const refused: [string, RegExp][] = [
  ['', /too early/],
  ['[]', /empty array/],
  ["[1, 'a']", /not of the type "i"/],
  ['[1 2]', /unexpected "2"/],
  ['1 2', /unexpected "2"/],
  ['uint32 -1', /out of range/],
  ['2147483648', /out of range/],
  ['word', /unexpected "word"/],
  ["'open", /cannot be read|unexpected/],
  ["uint32 'a'", /not of the type "u"/],
  ['@as 5', /not of the type "as"/],
  ['nan', /unexpected "nan"/],
]
for (const [text, message] of refused)
  test(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseVariant(text), message))
