// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { checkReasons, type Run } from './check-reasons.ts'
import { type Reason, reasons } from './reasons.ts'

const reason: Reason = { programs: ['start'], runtimes: ['runts'], why: 'a reason' }

function run(runtime: string, passed: number, ...failures: string[]): Run {
  return { runtime, reports: new Map([['start', { passed, failed: failures.length, skipped: 0, failures }]]) }
}

test('asks for the reason of a failure', () => {
  assert.deepEqual(checkReasons([run('runts', 3, 'no pid')], []), [
    'start fails with runts, and no reason says why: no pid',
  ])
  assert.deepEqual(checkReasons([run('runts', 3, 'no pid')], [reason]), [])
})

test('does not take the reason of another runtime', () => {
  assert.equal(checkReasons([run('runc', 3, 'no pid')], [reason]).length, 1)
})

test('refuses a reason for a program that passes, unless it fails sometimes', () => {
  assert.deepEqual(checkReasons([run('runts', 4)], [reason]), [
    'start passes with runts, though a reason says why it fails',
  ])
  assert.deepEqual(checkReasons([run('runts', 4)], [{ ...reason, sometimes: true }]), [])
})

test('notices a program that passes without its assertions', () => {
  assert.deepEqual(checkReasons([run('runc', 4), run('runts', 0)], []), [
    'start passes with runts but asserts less than elsewhere: 0 of 4',
  ])
})

test('leaves out what the driver left out', () => {
  const left: Run = {
    runtime: 'runts',
    reports: new Map([['start', { passed: 0, failed: 0, skipped: 1, failures: [] }]]),
  }
  assert.deepEqual(checkReasons([run('runc', 4), left], [reason]), [])
})

test('the table names programs that exist', () => {
  const programs = readFileSync('conformance/runtime-tools/programs.go', 'utf8')
  const unknown = reasons
    .flatMap((entry) => entry.programs)
    .filter((name) => !programs.includes(`/validation/${name}"`))
  assert.deepEqual(unknown, [])
})
