// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StepFailure } from './control-messages.ts'
import { HookReport } from './hook-report.ts'

const ECANCELED = 125
const ETIMEDOUT = 110
const failed = (error: number, syscall = 'wait4'): StepFailure => ({
  type: 'failed',
  step: 3,
  error,
  syscall,
  detail: '/bin/hook',
})

function report(status: number, label = 'createContainer 1 5'): HookReport {
  const hooks = new HookReport()
  hooks.add({ type: 'output', stream: 1, bytes: Buffer.from('first half, '), cut: true })
  hooks.add({ type: 'output', stream: 1, bytes: Buffer.from('cut\nsecond'), cut: true })
  hooks.add({ type: 'output', stream: 2, bytes: Buffer.from('oops\n'), cut: false })
  hooks.add({ type: 'hook', status, nanoseconds: 1_500_000_000n, label })
  return hooks
}

test('a failure without a hook before it is none of its own', () => {
  assert.equal(new HookReport().failure(failed(2, 'openat2')), undefined)
})

test('tells exit status, outputs, path and duration, and the place of the hook', () => {
  const error = report(3 << 8).failure(failed(ECANCELED))
  const story = 'exit status 3, stdout: … second, stderr: oops (/bin/hook, after 1.50 s)'
  assert.equal(error?.message, `error running createContainer hook #2: ${story}`)
  assert.deepEqual([error?.code, error?.details.pointer], ['HOOK_FAILED', '/hooks/createContainer/1'])
})

test('tells signals, time limits and what kept a hook from starting', () => {
  assert.match(report(11).failure(failed(ECANCELED))?.message ?? '', /#2: signal: SIGSEGV, stdout/)
  assert.match(
    report(9).failure(failed(ETIMEDOUT))?.message ?? '',
    /#2: hook ran past specified timeout of 5\.0s, stdout/,
  )
  assert.match(
    report(0).failure(failed(13, 'execve'))?.message ?? '',
    /#2: fork\/exec \/bin\/hook: permission denied \(/,
  )
})
