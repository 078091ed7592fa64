// SPDX-License-Identifier: Apache-2.0

const LONGEST = 60

/** A value as JSON for a message: one short line, bigints as plain digits. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value, (_, member) => (typeof member === 'bigint' ? String(member) : member)) ?? ''
  const shown = typeof value === 'bigint' ? String(value) : text
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown
}
