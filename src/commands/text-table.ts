// SPDX-License-Identifier: Apache-2.0

const PADDING = 3

/**
 * Rows of cells in columns of at least `leastWidth` characters, three of them space, as Go's tabwriter makes them for
 * runc. A cell cannot make rows of its own.
 */
export function textTable(cells: readonly (readonly string[])[], leastWidth = 0): string {
  const rows = cells.map((row) => row.map(printable))
  const columns = rows[0]?.length ?? 0
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(leastWidth, ...rows.map((row) => (row[column] ?? '').length + PADDING)),
  )
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i < columns - 1 ? cell.padEnd(widths[i] ?? 0) : cell)).join('')
  return rows.map((row) => `${line(row)}\n`).join('')
}

/** Text of a container as it may be shown on a terminal: control characters become `\xNN`. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
