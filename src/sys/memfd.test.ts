// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { ftruncateSync, readFileSync, writeSync } from 'node:fs'
import { test } from 'node:test'
import { FCNTL } from './constants.ts'
import { createSealedMemfd } from './memfd.ts'
import { call } from './syscall.ts'

const bytes = Buffer.from('sealed for good')

test('holds the given bytes', () => {
  const fd = createSealedMemfd('runts-test', bytes)
  assert.deepEqual(readFileSync(fd.procPath), bytes)
  fd.close()
})

test('can neither be written, grown, shrunk nor unsealed', () => {
  const fd = createSealedMemfd('runts-test', bytes)
  assert.throws(() => writeSync(fd.number, 'x', 0), { code: 'EPERM' })
  assert.throws(() => ftruncateSync(fd.number, 1000), { code: 'EPERM' })
  assert.throws(() => ftruncateSync(fd.number, 1), { code: 'EPERM' })
  const { F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE } = FCNTL
  const seals = call('cannot read the seals', 'fcntl', fd.number, FCNTL.F_GET_SEALS, 0)
  const wanted = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE
  assert.equal(seals & wanted, wanted)
  fd.close()
})

test('is close-on-exec', () => {
  const fd = createSealedMemfd('runts-test', bytes)
  assert.equal(call('cannot read the flags', 'fcntl', fd.number, 1), FCNTL.FD_CLOEXEC)
  fd.close()
})
