// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRuntimeError, type RuntimeError } from '../errors/runtime-error.ts'
import type { HookState } from './hook-state.ts'
import { runEachHook, runHooks } from './host-hooks.ts'

const state: HookState = { ociVersion: '1.3.0', id: 'c', status: 'creating', pid: 7, bundle: '/usr' }
const sh = (script: string, more: { timeout?: number } = {}) => ({
  path: '/bin/sh',
  args: ['sh', '-c', script],
  env: ['PATH=/usr/bin:/bin'],
  ...more,
})

function failureOf(...hooks: ReturnType<typeof sh>[]): RuntimeError {
  try {
    runHooks('createRuntime', hooks, state)
  } catch (error) {
    assert.ok(isRuntimeError(error))
    return error
  }
  throw new Error('no hook failed')
}

test('a failing hook is told with its number, exit status, outputs, path and duration', () => {
  const error = failureOf(sh('exit 0'), sh('echo out; echo err >&2; exit 3'), sh('kill $$'))
  assert.match(
    error.message,
    /^error running createRuntime hook #2: exit status 3, stdout: out, stderr: err \(\/bin\/sh, after \d+\.\d\d s\)$/,
  )
  assert.deepEqual([error.code, error.details.pointer], ['HOOK_FAILED', '/hooks/createRuntime/1'])
})

test('so are signals, time limits and files that cannot be executed', () => {
  assert.match(failureOf(sh('kill -TERM $$')).message, /hook #1: signal: SIGTERM, stdout: , stderr: /)
  assert.match(failureOf(sh('kill -35 $$')).message, /hook #1: signal: 35, /)
  const late = failureOf(sh('echo so far; sleep 1000', { timeout: 1 }))
  assert.match(late.message, /hook #1: hook ran past specified timeout of 1\.0s, stdout: so far, /)
  const missing = failureOf({ ...sh(''), path: '/nonexistent' })
  assert.match(missing.message, /hook #1: fork\/exec \/nonexistent: no such file or directory \(\/nonexistent, after /)
})

test('hooks run in the bundle with the state on stdin', () => {
  const error = failureOf(sh('pwd; cat; exit 1'))
  assert.ok(error.message.includes(`stdout: /usr\n${JSON.stringify(state)}, stderr`), error.message)
})

test('a bundle that is gone does not keep a hook from running', () => {
  runHooks('poststop', [sh('[ "$PWD" = / ]')], { ...state, bundle: '/nonexistent' })
})

test('the argument list is passed whole, and the path stands in for an absent one', () => {
  runHooks(
    'prestart',
    [{ path: '/bin/sh', args: ['x y', '-c', 'tr "\\0" , </proc/$$/cmdline | grep -q "^x y,-c"'], env: [] }],
    state,
  )
  assert.throws(() => runHooks('prestart', [{ path: '/bin/false', args: [], env: [] }], state), /exit status 1/)
})

test('hooks whose failures do not count all have their turn', () => {
  const failures: string[] = []
  runEachHook('poststop', [sh('exit 1'), sh('exit 0'), sh('exit 2')], state, ({ message }) => failures.push(message))
  assert.deepEqual(
    failures.map((text) => /hook #\d: exit status \d/.exec(text)?.[0]),
    ['hook #1: exit status 1', 'hook #3: exit status 2'],
  )
})
