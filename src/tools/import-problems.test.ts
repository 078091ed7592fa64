// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findImports } from './find-imports.ts'
import { importProblems } from './import-problems.ts'
import { tokenize } from './tokenize.ts'

const specifiers = (source: string) => findImports(tokenize(source)).map((each) => each.specifier)
const problems = (files: Record<string, string>) => importProblems(new Map(Object.entries(files)))

test('finds every way of importing', () => {
  assert.deepEqual(specifiers(`import a, { b as c } from './1.ts'\nimport * as d from './2.ts'\nimport './3.ts'`), [
    './1.ts',
    './2.ts',
    './3.ts',
  ])
  assert.deepEqual(specifiers(`import type { T } from './1.ts'\nlet t: import('./2.ts').T`), ['./1.ts', './2.ts'])
  assert.deepEqual(specifiers(`export * from './1.ts'\nexport * as n from './2.ts'\nexport type { T } from './3.ts'`), [
    './1.ts',
    './2.ts',
    './3.ts',
  ])
  assert.deepEqual(specifiers(`const a = await import('./1.ts')\nconst b = require('./2.ts')`), ['./1.ts', './2.ts'])
})

test('finds no import in comments, text and exported declarations', () => {
  assert.deepEqual(
    specifiers(`// import './1.ts'\nconst a = "import './2.ts'"\nexport const from = './3.ts'\nimport.meta.url`),
    [],
  )
})

test('allows a planner to read the spec and append to the plan', () => {
  const files = {
    'src/mounts/plan-mounts.ts': `import type { S } from '../spec/validated-spec.ts'\nimport { b } from '../plan/plan-builder.ts'`,
    'src/spec/validated-spec.ts': '',
    'src/plan/plan-builder.ts': '',
  }
  assert.deepEqual(problems(files), [])
})

test('refuses an import of another room and prints the allowed arrows', () => {
  const found = problems({
    'src/mounts/mount-options.ts': `\nimport { id } from '../state/container-id.ts'`,
    'src/state/container-id.ts': '',
  })
  assert.equal(found.length, 1)
  assert.match(found[0] ?? '', /^src\/mounts\/mount-options\.ts:2: mounts -> state \(src\/state\/container-id\.ts\)/)
  assert.match(found[0] ?? '', /mounts -> errors, log, types, spec, plan$/)
})

test('refuses a type-only import as well', () => {
  const found = problems({
    'src/plan/op.ts': `import type { S } from '../spec/validated-spec.ts'`,
    'src/spec/validated-spec.ts': '',
  })
  assert.match(found.join(), /plan -> spec/)
})

test('lets only host files of a planning room make system calls', () => {
  const files = (name: string) => ({
    [`src/namespaces/${name}`]: `import { call } from '../sys/syscall.ts'`,
    'src/sys/syscall.ts': '',
  })
  assert.deepEqual(problems(files('host-id-maps.ts')), [])
  assert.equal(problems(files('plan-namespaces.ts')).length, 1)
  assert.equal(problems(files('id-mappings.ts')).length, 1)
})

test('refuses the program to import tests and tools', () => {
  const found = problems({ 'src/cli/program.ts': `import '../tools/build.ts'`, 'src/tools/build.ts': '' })
  assert.match(found.join(), /cli -> tools/)
})

test('refuses the black-box cases to import the program', () => {
  const found = problems({ 'conformance/cases/a.test.ts': `import '../../src/index.ts'`, 'src/index.ts': '' })
  assert.match(found.join(), /conformance -> index/)
})

test('gives each third-party package one door', () => {
  assert.deepEqual(problems({ 'src/sys/load-koffi.ts': `import 'koffi'` }), [])
  assert.match(problems({ 'src/sys/libc.ts': `import 'koffi/indirect'` }).join(), /koffi may only be imported by/)
  assert.match(problems({ 'src/cli/program.ts': `import 'left-pad'` }).join(), /left-pad is not a package/)
})

test('refuses files, time and environment to pure layers', () => {
  const impure = [
    `import 'node:fs'`,
    `import 'node:fs/promises'`,
    'const a = process.env.HOME',
    'const b = new Date()',
    'Math.random()',
  ]
  for (const source of impure) {
    assert.match(problems({ 'src/spec/rules/mounts.ts': source }).join(), /is refused/, source)
    assert.match(problems({ 'src/plan/op.ts': source }).join(), /is refused/, source)
    assert.match(problems({ 'src/mounts/plan-mounts.ts': source }).join(), /is refused/, source)
    assert.deepEqual(problems({ 'src/state/state-directory.ts': source }), [], source)
  }
})

test('lets pure layers say process and date of their own things', () => {
  assert.deepEqual(problems({ 'src/plan/op.ts': `import 'node:path'\nspec.process.env; list.Date; "Date"` }), [])
})

test('knows a process that is a parameter from the process it runs in', () => {
  const parameter = 'export function planExec(process: ValidatedProcess) { return process.env }'
  const destructured = 'const rules = { CWD({ process }, report) { if (process.cwd) report() } }'
  assert.deepEqual(problems({ 'src/process/plan-exec.ts': parameter, 'src/spec/rules/process.ts': destructured }), [])
  assert.equal(
    problems({ 'src/process/plan-exec.ts': 'export function planExec() { return f(process.env) }' }).length,
    1,
  )
})

test('lets two files only ask whether this is Bun', () => {
  assert.deepEqual(problems({ 'src/sys/load-koffi.ts': 'typeof Bun' }), [])
  assert.match(problems({ 'src/sys/libc.ts': `typeof Bun === 'object'` }).join(), /whether this is Bun/)
})

test('refuses a cycle, even of types', () => {
  const found = problems({
    'src/errors/a.ts': `import type { B } from './b.ts'`,
    'src/errors/b.ts': `import type { C } from './c.ts'`,
    'src/errors/c.ts': `import type { A } from './a.ts'`,
  })
  assert.deepEqual(found, [
    'src/errors/a.ts: imports itself: src/errors/a.ts -> src/errors/b.ts -> src/errors/c.ts -> src/errors/a.ts',
  ])
})

test('refuses a file outside every layer and an import of nothing', () => {
  assert.match(
    problems({ 'src/utils/x.ts': `import '../errors/a.ts'`, 'src/errors/a.ts': '' }).join(),
    /belongs to no layer/,
  )
  assert.match(problems({ 'src/errors/a.ts': `import './gone.ts'` }).join(), /is not there/)
})
