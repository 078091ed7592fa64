// SPDX-License-Identifier: Apache-2.0

/** Objects and lists may be this deep inside each other; config.json needs eight levels. */
export const MAX_DEPTH = 256

/** Longer integers, which no field can hold, are not worth the time that an exact value takes. */
const LONGEST_INTEGER = 40

/** Where a text stops being JSON, and why. */
export class JsonSyntaxError extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

export type JsonPath = readonly (string | number)[]

const SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these in strings
const PLAIN_TEXT = /[^"\\\u0000-\u001f]*/y
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/**
 * Reads JSON as `JSON.parse` does, except that integers a number cannot hold exactly become bigints, that nesting
 * is limited, and that `onValue` learns the path and offset of each value.
 */
export function readJson(text: string, onValue?: (path: JsonPath, offset: number) => void): unknown {
  return new JsonReader(text, onValue).document()
}

class JsonReader {
  readonly #text: string
  readonly #onValue: ((path: JsonPath, offset: number) => void) | undefined
  readonly #path: (string | number)[] = []
  #at = 0

  constructor(text: string, onValue?: (path: JsonPath, offset: number) => void) {
    this.#text = text
    this.#onValue = onValue
  }

  document(): unknown {
    const value = this.#value()
    if (this.#at < this.#text.length) throw this.#unexpected('the end of the text')
    return value
  }

  #value(): unknown {
    this.#skip(SPACE)
    this.#onValue?.(this.#path, this.#at)
    const value = this.#bareValue()
    this.#skip(SPACE)
    return value
  }

  #bareValue(): unknown {
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object()
      case '[':
        return this.#list()
      case '"':
        return this.#string()
      case 't':
        return this.#word('true', true)
      case 'f':
        return this.#word('false', false)
      case 'n':
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #object(): object {
    const object = {}
    this.#members('}', () => {
      this.#skip(SPACE)
      if (this.#text[this.#at] !== '"') throw this.#unexpected('a member name in double quotes')
      const name = this.#string()
      this.#skip(SPACE)
      this.#expect(':')
      this.#path.push(name)
      // Assignment would set the prototype for the name __proto__.
      const value = this.#value()
      Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
      this.#path.pop()
    })
    return object
  }

  #list(): unknown[] {
    const list: unknown[] = []
    this.#members(']', () => {
      this.#path.push(list.length)
      list.push(this.#value())
      this.#path.pop()
    })
    return list
  }

  #members(close: string, readMember: () => void): void {
    if (this.#path.length >= MAX_DEPTH) throw new JsonSyntaxError(`nested deeper than ${MAX_DEPTH} levels`, this.#at)
    this.#at++
    this.#skip(SPACE)
    if (this.#text[this.#at] !== close) {
      readMember()
      while (this.#text[this.#at] === ',') {
        this.#at++
        readMember()
      }
    }
    if (this.#text[this.#at] !== close) throw this.#unexpected(`"," or "${close}"`)
    this.#at++
  }

  #string(): string {
    this.#at++
    let string = ''
    for (;;) {
      string += this.#match(PLAIN_TEXT)
      const char = this.#text[this.#at]
      if (char === '"') break
      if (char !== '\\') throw this.#unexpected('the end of the string')
      string += this.#escape()
    }
    this.#at++
    return string
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? ''
    const escaped = ESCAPES[letter]
    const hex = this.#text.slice(this.#at + 2, this.#at + 6)
    if (escaped !== undefined) this.#at += 2
    else if (letter === 'u' && /^[0-9a-fA-F]{4}$/.test(hex)) this.#at += 6
    else throw new JsonSyntaxError(`unknown escape \\${letter}`, this.#at)
    return escaped ?? String.fromCharCode(Number.parseInt(hex, 16))
  }

  #number(): number | bigint {
    NUMBER.lastIndex = this.#at
    const match = NUMBER.exec(this.#text)
    if (match === null) throw this.#unexpected('a value')
    this.#at = NUMBER.lastIndex
    const [literal, fraction, exponent] = match
    const number = Number(literal)
    const isExact = fraction || exponent || Number.isSafeInteger(number)
    return isExact || literal.length > LONGEST_INTEGER ? number : BigInt(literal)
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#unexpected('a value')
    this.#at += word.length
    return value
  }

  #expect(char: string): void {
    if (this.#text[this.#at] !== char) throw this.#unexpected(`"${char}"`)
    this.#at++
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at
    pattern.test(this.#text)
    this.#at = pattern.lastIndex
  }

  #match(pattern: RegExp): string {
    const start = this.#at
    this.#skip(pattern)
    return this.#text.slice(start, this.#at)
  }

  #unexpected(wanted: string): JsonSyntaxError {
    const char = this.#text[this.#at]
    const found = char === undefined ? 'the end of the text' : JSON.stringify(char)
    return new JsonSyntaxError(`expected ${wanted}, found ${found}`, this.#at)
  }
}
