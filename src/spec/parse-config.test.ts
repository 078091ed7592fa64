// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isRuntimeError } from '../errors/runtime-error.ts'
import { readJson } from './json-reader.ts'
import { decodeConfig, locatePointer, parseConfig } from './parse-config.ts'

function refusal(text: string): { message: string; line: number | undefined } {
  try {
    parseConfig(text)
  } catch (error) {
    assert.ok(isRuntimeError(error))
    assert.equal(error.code, 'CONFIG_NOT_JSON')
    return { message: error.message, line: error.details.line }
  }
  assert.fail('the text was accepted')
}

describe('parseConfig', () => {
  test('keeps every digit of integers beyond 2^53', () => {
    assert.deepEqual(parseConfig('{"hard":18446744073709551615,"min":-9223372036854775808}').value, {
      hard: 18446744073709551615n,
      min: -9223372036854775808n,
    })
  })

  test('leaves integers that a number holds exactly as numbers', () => {
    assert.deepEqual(parseConfig('[9007199254740991, 9007199254740993, 1234567890123456, 1e3]').value, [
      9007199254740991,
      9007199254740993n,
      1234567890123456,
      1000,
    ])
  })

  test('treats null members as absent, at any depth, but keeps list positions', () => {
    assert.deepEqual(parseConfig('{"a":null,"b":{"c":null,"d":[null,{"e":null}]}}').value, { b: { d: [null, {}] } })
  })

  test('treats null members as absent when a big integer takes the slow way', () => {
    assert.deepEqual(parseConfig('{"a":null,"big":18446744073709551615}').value, { big: 18446744073709551615n })
  })

  test('reads __proto__ as a plain member on both ways', () => {
    for (const text of ['{"__proto__":{"x":1}}', '{"__proto__":{"x":1},"big":18446744073709551615}']) {
      const value = parseConfig(text).value as Record<string, unknown>
      assert.equal(Object.getPrototypeOf(value), Object.prototype)
      assert.deepEqual(Object.getOwnPropertyDescriptor(value, '__proto__')?.value, { x: 1 })
      assert.equal((value as { x?: number }).x, undefined)
    }
  })

  test('tells when a text may hold a NUL byte', () => {
    assert.equal(parseConfig('{"a":"x\\u0000y"}').mayHoldNul, true)
    assert.equal(parseConfig('{"a\\u0000":1}').mayHoldNul, true)
    assert.equal(parseConfig('{"a":"x\\u0001\\\\n0000"}').mayHoldNul, false)
  })

  test('skips a byte order mark', () => {
    assert.deepEqual(parseConfig('\uFEFF{"a":1}').value, { a: 1 })
  })

  test('names line and column of a mistake', () => {
    assert.deepEqual(refusal('{\n  "a": 1\n  "b": 2\n}'), {
      message: 'cannot parse config.json: line 3, column 3: expected "," or "}", found "\\""',
      line: 3,
    })
  })

  test('names what stands in the way', () => {
    for (const [text, complaint] of [
      ['', 'expected a value, found the end of the text'],
      ['{"a":1,}', 'expected a member name in double quotes, found "}"'],
      ['[1,]', 'expected a value, found "]"'],
      ['{"a" 1}', 'expected ":", found "1"'],
      ['{} x', 'expected the end of the text, found "x"'],
      ['"a\nb"', 'expected the end of the string, found "\\n"'],
      ['"\\x"', 'unknown escape \\x'],
      ['[01]', 'expected "," or "]", found "1"'],
      ['nul', 'expected a value, found "n"'],
      ["{'a':1}", 'expected a member name in double quotes, found "\'"'],
    ] as const) {
      assert.ok(refusal(text).message.endsWith(complaint), `${text}: ${refusal(text).message}`)
    }
  })

  test('refuses deep nesting instead of overflowing the stack', () => {
    assert.match(refusal('['.repeat(200_000)).message, /nested deeper than 256 levels/)
    assert.match(refusal(`${'{"a":'.repeat(300)}null${'}'.repeat(300)}`).message, /nested deeper than 256 levels/)
    assert.match(refusal(`[18446744073709551615,${'{"a":'.repeat(300)}1${'}'.repeat(300)}]`).message, /nested deeper/)
  })
})

describe('readJson', () => {
  test('agrees with JSON.parse where no integer is too big', () => {
    const text =
      '{"a":[1,-2.5e-3,true,false,null,"\\u00e9\\n\\"\\/\\ud83d\\ude00é"],"":{"b":{}},"c":[],"a b":0.1,"d":-0}'
    assert.deepEqual(readJson(text), JSON.parse(text))
  })

  test('reads a long string without trouble', () => {
    const long = 'x'.repeat(2_000_000)
    assert.equal(readJson(`"${long}"`), long)
  })
})

describe('decodeConfig', () => {
  test('refuses bytes that are not UTF-8', () => {
    for (const [line, text] of ['"#"', '{\n"é": "#"\n}\n', '"é\n\n#'].entries()) {
      const bytes = Buffer.from(text).map((byte) => (byte === 0x23 ? 0xff : byte))
      const message = `cannot read config.json: line ${line + 1} is not UTF-8`
      assert.throws(() => decodeConfig(bytes), { code: 'CONFIG_NOT_JSON', message })
    }
  })

  test('decodes UTF-8', () => {
    assert.equal(decodeConfig(new TextEncoder().encode('{"é":1}')), '{"é":1}')
  })
})

describe('locatePointer', () => {
  const text = '{\n  "process": {\n    "args": [\n      "sh",\n      "-c"\n    ]\n  },\n  "a/b": 1\n}'

  test('finds the line of a value', () => {
    assert.equal(locatePointer(text, '/process/args/1'), 5)
    assert.equal(locatePointer(text, '/process'), 2)
    assert.equal(locatePointer(text, '/a~1b'), 8)
    assert.equal(locatePointer(text, ''), 1)
  })

  test('finds the line of the object that lacks a member', () => {
    assert.equal(locatePointer(text, '/process/cwd'), 2)
    assert.equal(locatePointer(text, '/process/args/7'), 3)
  })

  test('does not take a longer name for a shorter one', () => {
    assert.equal(locatePointer('{\n"ab":1,\n"abc":2}', '/abc/d'), 3)
  })

  test('is silent about text that is not JSON', () => {
    assert.equal(locatePointer('{', '/process'), undefined)
  })
})
