// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { writePidFile } from './pid-file.ts'

test('a pid file is written whole, taken back, and nothing is left of one that cannot be', () => {
  const directory = mkdtempSync(join(tmpdir(), 'runts-pid-'))
  try {
    const undo = writePidFile(join(directory, 'pid'), 42)
    assert.equal(readFileSync(join(directory, 'pid'), 'utf8'), '42')
    undo()
    assert.deepEqual(readdirSync(directory), [])
    mkdirSync(join(directory, 'taken'))
    assert.throws(() => writePidFile(join(directory, 'taken'), 42), /cannot write the pid file .*EISDIR/)
    assert.throws(() => writePidFile(join(directory, 'missing/pid'), 42), /cannot write the pid file .*ENOENT/)
    assert.deepEqual(readdirSync(directory), ['taken'])
  } finally {
    rmSync(directory, { recursive: true })
  }
})
