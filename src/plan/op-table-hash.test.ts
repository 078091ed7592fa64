// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { OP_LAYOUT } from './op-layout.ts'
import type { OpRow } from './op-table.ts'
import { OPS } from './op-table.ts'
import { OP_TABLE_HASH } from './op-table-hash.ts'
import { tableHash } from './table-hash.ts'
import { WIRE_FORMS } from './wire-forms.ts'

test('the hash of the op table is that of the table, in TypeScript and in C', () => {
  assert.equal(OP_TABLE_HASH, tableHash())
  assert.match(readFileSync('native-shim/generated/ops.h', 'utf8'), new RegExp(`0x${tableHash().toString(16)}\\)`))
})

test('the layout of the ops is that of the table', () => {
  const rows = Object.entries(OPS).map(([name, { code, fields }]: [string, OpRow]) => [
    name,
    [code, ...Object.entries(fields).flatMap(([field, kind]) => [field, WIRE_FORMS[kind]])],
  ])
  assert.deepEqual(OP_LAYOUT, Object.fromEntries(rows))
})
