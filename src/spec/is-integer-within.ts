// SPDX-License-Identifier: Apache-2.0

/** Whether a value is an integer from `min` to `max` that lost no digits; bigints only where `max` is one. */
export function isIntegerWithin(value: unknown, min: number | bigint, max: number | bigint): boolean {
  const isInteger = typeof value === 'bigint' ? typeof max === 'bigint' : Number.isSafeInteger(value)
  return isInteger && (value as number | bigint) >= min && (value as number | bigint) <= max
}
