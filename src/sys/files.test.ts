// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { errnoOf } from '../errors/runtime-error.ts'
import { OPENAT2 } from './constants.ts'
import { lockExclusive, openBeneath, tryLockExclusive, unlock } from './files.ts'

const folder = mkdtempSync(join(tmpdir(), 'runts-files-'))
after(() => rmSync(folder, { recursive: true }))

test('a directory lock keeps others out until it is given back or its descriptor closed', () => {
  const first = openSync(folder, 'r')
  const second = openSync(folder, 'r')
  lockExclusive(first)
  assert.equal(tryLockExclusive(second), false)
  unlock(first)
  assert.equal(tryLockExclusive(second), true)
  assert.equal(tryLockExclusive(first), false)
  closeSync(second)
  assert.equal(tryLockExclusive(first), true)
  closeSync(first)
})

test('openat2 keeps a path below its directory', () => {
  mkdirSync(join(folder, 'inside'))
  writeFileSync(join(folder, 'outside'), 'secret')
  symlinkSync('../outside', join(folder, 'inside/link'))
  const directory = openSync(join(folder, 'inside'), 'r')
  const beneath = () => openBeneath(directory, 'link', { flags: 0, resolve: OPENAT2.RESOLVE_BENEATH })
  assert.throws(beneath, (error) => errnoOf(error) === 'EXDEV')
  openBeneath(directory, 'link', { flags: 0, resolve: 0 }).close()
  closeSync(directory)
})
