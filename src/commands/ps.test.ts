// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { selectProcesses } from './ps.ts'

test('keeps the title and the lines whose pid is wanted, wherever the column is', () => {
  const output = 'USER   PID CMD\nroot     1 init 12\nroot    12 a  b\nroot   123 c\n'
  assert.equal(selectProcesses(output, [12]), 'USER   PID CMD\nroot    12 a  b\n')
  assert.equal(selectProcesses('  PID\n    7\n   70\n', [7]), '  PID\n    7\n')
  assert.equal(selectProcesses(output, []), 'USER   PID CMD\n')
})

test('demands a column of pids, in the words of runc', () => {
  for (const output of ['USER CMD\nroot init\n', 'PPID\n1\n', '']) {
    assert.throws(() => selectProcesses(output, [1]), { message: "couldn't find PID field in ps output" })
  }
})
