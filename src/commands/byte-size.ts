// SPDX-License-Identifier: Apache-2.0

const UNITS = ['', 'k', 'm', 'g', 't', 'p']

/**
 * Bytes from a size as Docker writes it: `512k`, `10M`, `1.5g`, `1 GiB`, all of them powers of 1024; `-1` stands for
 * unlimited. Undefined for anything else.
 */
export function byteSize(text: string): number | bigint | undefined {
  if (text === '-1') return -1
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(text) ?? []
  if (digits === undefined) return undefined
  const factor = 1024 ** UNITS.indexOf(unit.toLowerCase())
  const bytes = Math.trunc(Number(digits) * factor)
  if (Number.isSafeInteger(bytes)) return bytes
  if (bytes === Number.POSITIVE_INFINITY) return undefined
  return digits.includes('.') ? BigInt(bytes) : BigInt(digits) * BigInt(factor)
}
