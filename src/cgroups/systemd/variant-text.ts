// SPDX-License-Identifier: Apache-2.0
import type { BusValue, BusVariant } from '../../sys/sd-bus-message.ts'

/** Types that have a keyword in GVariant's text format, with the range of those that are integers. */
const TYPES: Readonly<Record<string, { readonly signature: string; readonly least?: bigint; readonly most?: bigint }>> =
  {
    boolean: { signature: 'b' },
    byte: { signature: 'y', least: 0n, most: 2n ** 8n - 1n },
    int16: { signature: 'n', least: -(2n ** 15n), most: 2n ** 15n - 1n },
    uint16: { signature: 'q', least: 0n, most: 2n ** 16n - 1n },
    int32: { signature: 'i', least: -(2n ** 31n), most: 2n ** 31n - 1n },
    uint32: { signature: 'u', least: 0n, most: 2n ** 32n - 1n },
    int64: { signature: 'x', least: -(2n ** 63n), most: 2n ** 63n - 1n },
    uint64: { signature: 't', least: 0n, most: 2n ** 64n - 1n },
    double: { signature: 'd' },
    string: { signature: 's' },
    objectpath: { signature: 'o' },
    signature: { signature: 'g' },
  }

const TOKEN = /\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|([[\],])|@([a-z]+)|([^\s[\],'"@]+))/y

type Token =
  | { readonly kind: 'text' | 'mark' | 'signature' | 'word'; readonly text: string }
  | { readonly kind: 'end'; readonly text: '' }

/**
 * A value in GVariant's text format, as far as unit properties need it: true, 5, 1.5, 'text', uint64 5, @as [],
 * ['a', 'b']. A whole number without a type is an int32. Throws Error with what is wrong.
 */
export function parseVariant(text: string): BusVariant {
  const tokens = tokensOf(text)
  const variant = readValue(tokens, undefined)
  expect(tokens, 'end', '')
  return variant
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const kinds = ['text', 'mark', 'signature', 'word'] as const
  const end = text.trimEnd().length
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text)
    if (match === null) throw new Error('it cannot be read')
    const at = match.slice(1).findIndex((group) => group !== undefined)
    tokens.push({ kind: kinds[at] ?? 'word', text: match[at + 1] ?? '' })
  }
  return tokens
}

function readValue(tokens: Token[], wanted: string | undefined): BusVariant {
  const token = tokens.shift() ?? { kind: 'end', text: '' }
  if (token.kind === 'signature') return readValue(tokens, token.text)
  if (token.kind === 'text') return typed(unquote(token.text), wanted ?? 's', 'sog')
  if (token.kind === 'mark' && token.text === '[') return readArray(tokens, wanted)
  if (token.kind !== 'word') throw new Error(token.kind === 'end' ? 'it ends too early' : `unexpected "${token.text}"`)
  const type = TYPES[token.text]
  if (type !== undefined) return readValue(tokens, type.signature)
  if (token.text === 'true' || token.text === 'false') return typed(token.text === 'true', wanted ?? 'b', 'b')
  return readNumber(token.text, wanted)
}

function readArray(tokens: Token[], wanted: string | undefined): BusVariant {
  let element = wanted?.slice(1)
  const values: BusValue[] = []
  while (tokens[0]?.text !== ']' || tokens[0].kind !== 'mark') {
    if (values.length > 0) expect(tokens, 'mark', ',')
    const value = readValue(tokens, element)
    element ??= value.signature
    values.push(value.value)
  }
  tokens.shift()
  if (element === undefined) throw new Error('an empty array needs a type, as in @as []')
  return typed(values, wanted ?? `a${element}`, 'a')
}

function readNumber(text: string, wanted: string | undefined): BusVariant {
  if (/^[+-]?(\d+|0x[0-9a-f]+)$/i.test(text) && wanted !== 'd') {
    const signature = wanted ?? 'i'
    const type = Object.values(TYPES).find((each) => each.signature === signature && each.most !== undefined)
    const number = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace('+', ''))
    if (type === undefined) throw new Error(`${text} is not of the type "${signature}"`)
    if (number < (type.least ?? 0n) || number > (type.most ?? 0n)) throw new Error(`${text} is out of range`)
    return { signature, value: number }
  }
  const number = Number(text)
  if (!/^[+-]?[\d.]/.test(text) || Number.isNaN(number)) throw new Error(`unexpected "${text}"`)
  return typed(number, wanted ?? 'd', 'd')
}

function typed(value: BusValue, signature: string, allowed: string): BusVariant {
  if (!allowed.includes(signature[0] ?? '?')) throw new Error(`the value is not of the type "${signature}"`)
  return { signature, value }
}

function expect(tokens: Token[], kind: Token['kind'], text: string): void {
  const token = tokens.shift() ?? { kind: 'end', text: '' }
  if (token.kind !== kind || token.text !== text) throw new Error(`unexpected "${token.text}"`)
}

function unquote(text: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }
  return text.slice(1, -1).replace(/\\(.)/g, (_, character: string) => escapes[character] ?? character)
}
