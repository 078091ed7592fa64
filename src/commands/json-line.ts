// SPDX-License-Identifier: Apache-2.0

export type JsonValue =
  | bigint
  | number
  | string
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined }

/** Characters that Go escapes in JSON and JavaScript does not. */
const ESCAPED_BY_GO = /[<>&\u2028\u2029]/g

/** JSON on one line as Go writes it, with every digit of a bigint; members that are undefined are left out. */
export function jsonLine(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value).replace(ESCAPED_BY_GO, unicodeEscape)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(jsonLine).join(',')}]`
  const members: string[] = []
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${jsonLine(name)}:${jsonLine(member)}`)
  }
  return `{${members.join(',')}}`
}

/** The value, or undefined where Go's `omitempty` would leave the member out. */
export function unlessEmpty<T extends JsonValue | undefined>(value: T): T | undefined {
  if (value === 0n || value === '' || value === undefined) return undefined
  if (Array.isArray(value)) return value.length === 0 ? undefined : value
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? undefined : value
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
