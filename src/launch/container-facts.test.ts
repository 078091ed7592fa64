// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readContainerFacts } from './container-facts.ts'

test('a process shares every namespace with itself', () => {
  assert.deepEqual(readContainerFacts(process.pid), { foreign: [], deniesSetgroups: false })
})

test('there are no facts of a process that has ended', () => {
  // Above PID_MAX_LIMIT (proc_sys_kernel(5)): nobody has this pid.
  assert.equal(readContainerFacts(4194305), undefined)
})
