// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

/** Runs a script of steps as test.sh does, and gives what it printed and its exit status. */
function run(script: string): { lines: string[]; last: string; status: number | null } {
  const text = `set -u\n. src/tools/steps.sh\n${script}\nfinish\n`
  const { stdout, status } = spawnSync('sh', ['-c', text], { encoding: 'utf8' })
  const lines = stdout.trimEnd().split('\n')
  return { lines, last: lines.at(-1) ?? '', status }
}

const tap = (pass: number, fail: number, cancelled = 0, skipped = 0) =>
  `printf '# pass %s\\n# fail %s\\n# cancelled %s\\n# skipped %s\\n' ${pass} ${fail} ${cancelled} ${skipped}`

test('counts a command that says nothing as one test', () => {
  assert.deepEqual([run('step a 5 true').last, run('step a 5 true').status], ['1 passed, 0 failed', 0])
  assert.deepEqual([run('step a 5 false').last, run('step a 5 false').status], ['0 passed, 1 failed', 1])
})

test('adds up what TAP reports and drivers say', () => {
  const { last, status } = run(`step a 5 sh -c "${tap(12, 0)}"\nstep b 5 echo '30 passed, 0 failed'\nstep c 5 true`)
  assert.deepEqual([last, status], ['43 passed, 0 failed', 0])
})

test('fails when a test failed, whatever the exit status says', () => {
  assert.deepEqual(run(`step a 5 sh -c "${tap(3, 2)}"`).last, '3 passed, 2 failed')
  assert.equal(run(`step a 5 sh -c "${tap(3, 2)}"`).status, 1)
  assert.equal(run(`step a 5 echo '3 passed, 1 failed'`).status, 1)
})

test('counts a cancelled test as failed and a skipped one as neither', () => {
  assert.equal(run(`step a 5 sh -c "${tap(3, 0, 1)}"`).last, '3 passed, 1 failed')
  const skipped = run(`step a 5 sh -c "${tap(3, 0, 0, 2)}"`)
  assert.equal(skipped.last, '3 passed, 0 failed')
  assert.ok(skipped.lines.includes('2 skipped'))
})

test('counts a failing command without a failed test as a failure', () => {
  const { last, status } = run(`step a 5 sh -c "${tap(3, 0)}; exit 7"`)
  assert.deepEqual([last, status], ['3 passed, 1 failed', 1])
})

test('fails a suite that found no test at all', () => {
  assert.equal(run(`step a 5 sh -c "${tap(0, 0)}"`).last, '0 passed, 1 failed')
})

test('shows the failed tests and not the others', () => {
  const report = `printf 'ok 1 - fine\\nnot ok 2 - broken\\n  because of this\\nok 3 - also fine\\n0 passed, 1 failed\\n'`
  const output = run(`step a 5 sh -c "${report}"`).lines.join('\n')
  assert.match(output, /not ok 2 - broken\n {6}because of this\n/)
  assert.doesNotMatch(output, /fine/)
})

test('names what it leaves out', () => {
  const { lines, status } = run(`leave_out 'needs root' one two\nstep a 5 true`)
  assert.ok(lines.includes('left out: one, two'))
  assert.equal(status, 0)
})
