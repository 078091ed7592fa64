// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatReport, readReport } from './read-report.ts'

test('counts assertions that pass, fail and are skipped', () => {
  const report = readReport('TAP version 13\nok 1 - a\nnot ok 2 - b\nok 3 # SKIP c\n1..3\n', 0)
  assert.deepEqual(report, { passed: 1, failed: 1, skipped: 1, failures: ['b'] })
  assert.equal(formatReport(report), '**1/1** (1 skipped) fails')
})

test('takes the error of a failed assertion as its cause, and that of a passed one as expected', () => {
  const error = (text: string) => `  ---\n  {\n    "error": "${text}",\n    "reference": "x"\n  }\n  ...\n`
  const report = readReport(`ok 1 - a\n${error('exit status 1')}not ok 2 - b\n${error('wrong \\"pid\\"')}`, 0)
  assert.deepEqual(report, { passed: 1, failed: 1, skipped: 0, failures: ['b: wrong "pid"'] })
})

test('fails a program without assertions for an error in its diagnostics', () => {
  const report = readReport('TAP version 13\n  ---\n  {\n    "error": "no hook"\n  }\n  ...\n1..0\n', 0)
  assert.deepEqual(report.failures, ['no hook'])
  assert.equal(formatReport(report), '**quiet** fails')
})

test('fails a program for its exit status, and says when it ran out of time', () => {
  assert.deepEqual(readReport('ok 1 - a\n', 1).failures, ['exit status 1'])
  assert.deepEqual(readReport('', 124).failures, ['out of time'])
})

test('passes a quiet program', () => {
  assert.equal(formatReport(readReport('TAP version 13\n1..0\n', 0)), 'quiet')
})

test('tells a program that was left out from a quiet one', () => {
  const report = readReport('ok 1 # SKIP needs cgroup v1\n', 0)
  assert.equal(formatReport(report), 'left out')
  assert.equal(report.skip, 'needs cgroup v1')
})
