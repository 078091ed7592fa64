// SPDX-License-Identifier: Apache-2.0

/** JSON for terminals too: the control characters that JSON leaves as they are (U+007F to U+009F) are escaped. */
export function jsonText(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, null, indent)
  return text.replace(/[\x7f-\x9f]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)
}
