// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRuntimeError } from '../errors/runtime-error.ts'
import { call, callOrErrno } from './syscall.ts'

test('returns the errno as a negative number', () => {
  assert.equal(callOrErrno('fcntl', 9999, 1), -9)
})

test('says what was being done, by which system call, and the errno', () => {
  assert.throws(
    () => call('cannot lock the state directory', 'flock', 9999, 2),
    (error) =>
      isRuntimeError(error) &&
      error.code === 'SYSTEM_CALL_FAILED' &&
      error.message === 'cannot lock the state directory: flock(2) EBADF (bad file descriptor)' &&
      error.details.syscall === 'flock' &&
      error.details.errno === 'EBADF',
  )
})
