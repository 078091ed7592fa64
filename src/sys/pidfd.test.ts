// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { openPidfd } from './pidfd.ts'

test('finds no process by a number that only a thread has', () => {
  const threads = readdirSync('/proc/self/task')
    .map(Number)
    .filter((thread) => thread !== process.pid)
  assert.ok(threads.length > 0)
  for (const thread of threads) assert.equal(openPidfd(thread), undefined)
})

test('finds a process by its number', () => {
  const own = openPidfd(process.pid)
  assert.ok(own)
  own.close()
})
