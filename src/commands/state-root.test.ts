// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { defaultStateRoot } from './state-root.ts'

const before = { ...process.env }
afterEach(() => {
  process.env = { ...before }
})

test('the root of the host has the directory of the system, whatever its environment says', () => {
  process.env.XDG_RUNTIME_DIR = '/root/run'
  process.env.USER = 'somebody'
  if (process.geteuid?.() === 0) assert.equal(defaultStateRoot(), '/run/runts')
  else assert.throws(defaultStateRoot, { code: 'STATE_UNREADABLE' })
})

test('a runtime directory that is missing, empty or relative is not used', () => {
  for (const value of [undefined, '', 'run/user/1000']) {
    if (value === undefined) delete process.env.XDG_RUNTIME_DIR
    else process.env.XDG_RUNTIME_DIR = value
    assert.equal(defaultStateRoot(), '/run/runts')
  }
})
