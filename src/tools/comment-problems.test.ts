// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commentProblems } from './comment-problems.ts'

const LICENCE = '// SPDX-License-Identifier: Apache-2.0\n'
const problems = (path: string, text: string) => commentProblems(new Map([[path, text]]))
const lines = (count: number) => Array.from({ length: count }, (_, index) => `// line ${index}\n`).join('')

test('wants the licence on the first line of TypeScript and C', () => {
  assert.deepEqual(problems('src/a.ts', LICENCE), [])
  for (const path of ['src/a.ts', 'native-shim/a.c', 'native-shim/a.h']) {
    assert.match(problems(path, `\n${LICENCE}`).join(), /first line must be/, path)
  }
})

test('allows six lines and refuses seven', () => {
  assert.deepEqual(problems('src/a.ts', `${LICENCE}${lines(6)}const a = 1\n`), [])
  assert.deepEqual(problems('src/a.ts', `${LICENCE}const a = 1\n${lines(7)}`), [
    'src/a.ts:3: a comment of 7 lines, 6 are allowed',
  ])
})

test('does not count the delimiters of a block comment', () => {
  const block = (count: number) => `${LICENCE}const a = 1\n/**\n${' * line\n'.repeat(count)} */\n`
  assert.deepEqual(problems('src/a.ts', block(6)), [])
  assert.equal(problems('src/a.ts', block(7)).length, 1)
})

test('counts comments apart that code or an empty line separates', () => {
  assert.deepEqual(problems('src/a.ts', `${LICENCE}${lines(4)}\n${lines(4)}const a = 1\n${lines(4)}`), [])
})

test('does not take a text or a template for a comment', () => {
  assert.deepEqual(problems('src/a.ts', `${LICENCE}const a = \`\n${lines(9)}\``), [])
})

test('leaves long contracts to C', () => {
  assert.deepEqual(problems('native-shim/a.c', `${LICENCE}${lines(20)}`), [])
})

test('refuses an open task without an issue', () => {
  for (const path of ['src/a.ts', 'native-shim/a.c']) {
    assert.match(problems(path, `${LICENCE}\n// TODO later`).join(), /:3: TODO without the number/)
    assert.deepEqual(problems(path, `${LICENCE}\n// TODO(#12) later`), [])
  }
})
