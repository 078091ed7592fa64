// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RuntimeError } from '../errors/runtime-error.ts'
import { parseArguments } from './argv-dialect.ts'
import type { Option } from './options.ts'

const OPTIONS: readonly Option[] = [
  { name: 'bundle', short: 'b', value: 'DIR', help: '' },
  { name: 'no-pivot', help: '' },
  { name: 'no-subreaper', help: '' },
  { name: 'force', short: 'f', help: '' },
  { name: 'resources', short: 'r', value: 'FILE', help: '' },
  { name: 'preserve-fds', value: 'N', integer: true, help: '' },
  { name: 'additional-gids', short: 'g', value: 'GID', integer: true, repeatable: true, help: '' },
  { name: 'env', short: 'e', value: 'NAME=VALUE', repeatable: true, help: '' },
]
const parse = (...argv: string[]) => {
  const { options, rest } = parseArguments(argv, OPTIONS, true)
  return { ...Object.fromEntries(options), rest }
}

test('one dash and two dashes mean the same', () => {
  assert.deepEqual(parse('-no-subreaper', '--no-pivot', 'id'), {
    'no-subreaper': 'true',
    'no-pivot': 'true',
    rest: ['id'],
  })
})

test('a value follows or comes after an equals sign', () => {
  assert.deepEqual(parse('--bundle', 'a', '-b=c', '--resources=-'), { bundle: 'c', resources: '-', rest: [] })
  assert.deepEqual(parse('-b', '-odd'), { bundle: '-odd', rest: [] })
})

test('ids that look like numbers stay text, and a lone dash is an argument', () => {
  assert.deepEqual(parse('1e5', '0x10', '-').rest, ['1e5', '0x10', '-'])
})

test('two dashes end the options', () => {
  assert.deepEqual(parse('--', '--force'), { rest: ['--force'] })
})

test('flags take the words of Go for true and false, and nothing else', () => {
  assert.deepEqual(parse('--force=false', '-no-pivot=T'), { force: 'false', 'no-pivot': 'true', rest: [] })
  assert.throws(() => parse('--force=yes'), { code: 'USAGE', message: 'invalid boolean value "yes" for -force' })
})

test('nothing is abbreviated, negated or bundled', () => {
  assert.throws(() => parse('--forc'), { code: 'USAGE', message: 'flag provided but not defined: -forc' })
  assert.throws(() => parse('--pivot'), { code: 'USAGE' })
  assert.throws(() => parse('-fb', 'x'), { code: 'USAGE' })
})

test('a flag that is nearly one of those known is named', () => {
  assert.throws(
    () => parse('--no-pivots'),
    (error: RuntimeError) => error.details.hint === 'did you mean --no-pivot?',
  )
  assert.throws(
    () => parse('-x'),
    (error: RuntimeError) => error.details.hint === undefined,
  )
})

test('a missing value is a mistake', () => {
  assert.throws(() => parse('--bundle'), { code: 'USAGE', message: 'flag needs an argument: -bundle' })
})

test('parsing stops at the first argument where the rest belongs to somebody else', () => {
  assert.deepEqual(parseArguments(['-f', 'run', '--bundle', 'x'], OPTIONS, false).rest, ['run', '--bundle', 'x'])
})

test('an option that may be repeated keeps every value as it is', () => {
  const argv = ['-e', 'A=1,2', '--env=a.b=c', '-b', 'x', '-b', 'y', '-e', 'A=', 'id']
  const { options, repeated } = parseArguments(argv, OPTIONS, true)
  assert.deepEqual([...repeated], [['env', ['A=1,2', 'a.b=c', 'A=']]])
  assert.equal(options.get('bundle'), 'y')
})

test('options end at the first argument where what follows belongs to a program', () => {
  const { options, rest } = parseArguments(['-f', 'id', '-f', '--', '--bundle'], OPTIONS, false)
  assert.deepEqual([[...options], rest], [[['force', 'true']], ['id', '-f', '--', '--bundle']])
})

test('a number that is none is told as runc does, by the name that was used', () => {
  const message = (...argv: string[]) => {
    let found = ''
    assert.throws(
      () => parse(...argv),
      (error: RuntimeError) => {
        found = error.message
        return error.code === 'USAGE'
      },
    )
    return found
  }
  for (const value of ['x', '1.5', '', '1x', ' 1'])
    assert.equal(message(`--preserve-fds=${value}`), `invalid value "${value}" for flag -preserve-fds: parse error`)
  assert.equal(message('-g', 'x'), 'invalid value "x" for flag -g: strconv.ParseInt: parsing "x": invalid syntax')
  assert.deepEqual(parse('--preserve-fds', '-1', '-g', '7'), {
    'preserve-fds': '-1',
    'additional-gids': '7',
    rest: [],
  })
})
