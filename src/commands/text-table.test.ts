// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { printable, textTable } from './text-table.ts'

test('aligns columns by their widest cell and leaves the last as it is', () => {
  const rows = [
    ['A', 'B', 'C'],
    ['1', 'long one', ''],
  ]
  assert.equal(textTable(rows), 'A   B          C\n1   long one   \n')
  assert.equal(textTable([['A', 'B']], 12), 'A           B\n')
})

test('a cell makes neither rows of its own nor colours', () => {
  const table = textTable([
    ['A', 'B'],
    ['x\n1   forged', '\u001b[31m'],
  ])
  assert.equal(table, 'A                 B\nx\\x0a1   forged   \\x1b[31m\n')
})

test('shows control characters as numbers', () => {
  assert.equal(printable('a\u001b[31m\n\u007f\u009b é'), 'a\\x1b[31m\\x0a\\x7f\\x9b é')
})
