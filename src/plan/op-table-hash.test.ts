// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { OP_TABLE_HASH } from './op-table-hash.ts'
import { tableHash } from './table-hash.ts'

test('the hash of the op table is that of the table, in TypeScript and in C', () => {
  assert.equal(OP_TABLE_HASH, tableHash())
  assert.match(readFileSync('native-shim/generated/ops.h', 'utf8'), new RegExp(`0x${tableHash().toString(16)}\\)`))
})
