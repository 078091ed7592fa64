// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { keepConfig, readKeptConfig } from './kept-config.ts'

test('a config is kept for its owner alone, and never replaced', () => {
  const directory = mkdtempSync(join(tmpdir(), 'runts-kept-'))
  try {
    assert.equal(readKeptConfig(directory), undefined)
    keepConfig(directory, '{"é":1}')
    assert.equal(readKeptConfig(directory), '{"é":1}')
    assert.equal(statSync(join(directory, 'config.json')).mode & 0o777, 0o600)
    assert.throws(() => keepConfig(directory, '{}'), /cannot write .*EEXIST/)
  } finally {
    rmSync(directory, { recursive: true })
  }
})
