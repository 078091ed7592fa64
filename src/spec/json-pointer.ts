// SPDX-License-Identifier: Apache-2.0

/** An RFC 6901 pointer from its parts: `pointer('mounts', 3)` is `/mounts/3`; no part means the whole document. */
export function pointer(...parts: readonly (string | number)[]): string {
  let text = ''
  for (const part of parts) text += `/${escapePart(part)}`
  return text
}

/** The parts of an RFC 6901 pointer, with array indexes still as text. */
export function pointerParts(text: string): string[] {
  if (text === '') return []
  return text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The value a pointer leads to, or undefined when there is none; inherited properties do not count. */
export function valueAt(document: unknown, text: string): unknown {
  let value = document
  for (const part of pointerParts(text)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string, unknown>)[part]
  }
  return value
}

function escapePart(part: string | number): string {
  if (typeof part === 'number') return String(part)
  return part.includes('~') || part.includes('/') ? part.replaceAll('~', '~0').replaceAll('/', '~1') : part
}
