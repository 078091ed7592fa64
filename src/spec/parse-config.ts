// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import { pointer } from './json-pointer.ts'
import { JsonSyntaxError, MAX_DEPTH, readJson } from './json-reader.ts'

export interface ParsedConfig {
  readonly value: unknown
  /** Some text in it may hold a NUL byte, which JSON can only write as an escape. */
  readonly mayHoldNul: boolean
}

/**
 * The value of a JSON text: integers beyond 2^53 are bigints, and members that are null are absent, as Go callers
 * mean them. Throws CONFIG_NOT_JSON with line and column; `name` is what the document is called there.
 */
export function parseConfig(text: string, name = 'config.json'): ParsedConfig {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text
  let value = parsePlain(json, name)
  if (tidy(value, 0, name)) {
    value = readOrExplain(json, name)
    tidy(value, 0, name)
  }
  return { value, mayHoldNul: json.includes('\\u0000') }
}

const NEWLINE = 10

/** The text of a file that must be UTF-8 (glossary.md, JSON); throws CONFIG_NOT_JSON. */
export function decodeConfig(bytes: Uint8Array, name = 'config.json'): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    const line = lineOfNoText(bytes)
    throw new RuntimeError('CONFIG_NOT_JSON', `cannot read ${name}: line ${line} is not UTF-8`, { line, cause })
  }
}

/** No character has a byte in it that could be taken for a newline. */
function lineOfNoText(bytes: Uint8Array): number {
  for (let line = 1, start = 0; ; line++) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline < 0 ? bytes.length : newline
    if (newline < 0 || !isText(bytes.subarray(start, end))) return line
    start = end + 1
  }
}

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/**
 * The line, from 1, of the value that a pointer leads to, or of the nearest value around it that is there;
 * undefined when the text is not JSON. Reads the whole text, so it is for failures only.
 */
export function locatePointer(text: string, wanted: string): number | undefined {
  let best = { pointer: '', offset: 0 }
  try {
    readJson(text, (path, offset) => {
      const here = pointer(...path)
      const around = wanted === here || wanted.startsWith(`${here}/`)
      if (around && here.length >= best.pointer.length) best = { pointer: here, offset }
    })
  } catch {
    return undefined
  }
  return lineAndColumn(text, best.offset).line
}

function parsePlain(json: string, name: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return readOrExplain(json, name)
  }
}

function readOrExplain(json: string, name: string): unknown {
  try {
    return readJson(json)
  } catch (cause) {
    if (!(cause instanceof JsonSyntaxError)) throw cause
    const { line, column } = lineAndColumn(json, cause.offset)
    const message = `cannot parse ${name}: line ${line}, column ${column}: ${cause.message}`
    throw new RuntimeError('CONFIG_NOT_JSON', message, { line })
  }
}

/**
 * Removes members that are null; true when a number has lost digits and the text must be read the exact way. Texts,
 * which are most of a document, are passed over without a call.
 */
function tidy(value: unknown, depth: number, name: string): boolean {
  if (typeof value === 'number') return value >= 2 ** 53 || value <= -(2 ** 53)
  if (typeof value !== 'object' || value === null) return false
  if (depth >= MAX_DEPTH) {
    throw new RuntimeError('CONFIG_NOT_JSON', `cannot parse ${name}: nested deeper than ${MAX_DEPTH} levels`)
  }
  let lossy = false
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item !== 'string') lossy = tidy(item, depth + 1, name) || lossy
    return lossy
  }
  const object = value as Record<string, unknown>
  for (const key of Object.keys(object)) {
    const member = object[key]
    if (member === null) delete object[key]
    else if (typeof member !== 'string') lossy = tidy(member, depth + 1, name) || lossy
  }
  return lossy
}

function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}
