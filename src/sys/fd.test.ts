// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { isRuntimeError } from '../errors/runtime-error.ts'
import { duplicate, Fd } from './fd.ts'

function isOpen(number: number): boolean {
  try {
    return fstatSync(number) !== undefined
  } catch {
    return false
  }
}

test('closes its descriptor once and refuses to name it afterwards', () => {
  const fd = new Fd(openSync('/dev/null', 'r'))
  const { number } = fd
  fd.close()
  fd.close()
  assert.equal(isOpen(number), false)
  assert.throws(
    () => fd.number,
    (error) => isRuntimeError(error) && error.code === 'BUG',
  )
})

test('leaves a released descriptor open', () => {
  const fd = new Fd(openSync('/dev/null', 'r'))
  const number = fd.release()
  fd.close()
  assert.equal(isOpen(number), true)
  closeSync(number)
})

test('closes its descriptor when disposed of', () => {
  const fd = new Fd(openSync('/dev/null', 'r'))
  const { number } = fd
  fd[Symbol.dispose]()
  assert.equal(isOpen(number), false)
})

test('duplicates above a given number, close-on-exec', () => {
  const fd = new Fd(openSync('/dev/null', 'r'))
  const copy = duplicate(fd.number, 200)
  assert.ok(copy.number >= 200)
  assert.match(readFileSync(`/proc/self/fdinfo/${copy.number}`, 'utf8'), /^flags:\s+02\d{6}$/m)
  copy.close()
  fd.close()
})
