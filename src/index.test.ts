// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COMMANDS } from './cli/options.ts'
import * as library from './index.ts'

test('every command is a function of the library, but for the one about shells', () => {
  const missing = COMMANDS.map(({ name }) => (name === 'delete' ? 'deleteContainer' : name)).filter(
    (name) => typeof (library as Record<string, unknown>)[name] !== 'function',
  )
  assert.deepEqual(missing, ['completion'])
})
