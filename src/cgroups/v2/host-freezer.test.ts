// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { freeze } from './host-freezer.ts'

test('thaws again what does not freeze in time, and says so', () => {
  // Two plain files in place of a cgroup whose processes never all stop.
  const directory = mkdtempSync(join(tmpdir(), 'freezer-'))
  try {
    writeFileSync(join(directory, 'cgroup.freeze'), '0')
    writeFileSync(join(directory, 'cgroup.events'), 'populated 1\nfrozen 0\n')
    assert.throws(() => freeze(directory, 20), { message: `cannot freeze ${directory}: not frozen after 0.02 s` })
    assert.equal(readFileSync(join(directory, 'cgroup.freeze'), 'utf8'), '0')
  } finally {
    rmSync(directory, { recursive: true })
  }
})
