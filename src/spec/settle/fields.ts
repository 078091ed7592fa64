// SPDX-License-Identifier: Apache-2.0
// Settling gives every field its one form. It bears wrong types, which the schema reports, so that rules can still run.

type WithBigints<T, K extends keyof T> = Omit<T, K> & { [P in keyof Pick<T, K>]: bigint }

/** The list, or an empty one. */
export function listOf<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value : []
}

/** The object, or an empty one. */
export function objectOf<T extends object>(value: T | undefined): Partial<T> {
  return typeof value === 'object' ? value : {}
}

/** A copy without those fields that hold the empty string, by which Go callers mean absent. */
export function withoutEmptyText<T extends object>(object: T, ...names: (keyof T)[]): T {
  const copy = { ...object }
  for (const name of names) if (copy[name] === '') delete copy[name]
  return copy
}

/** A copy without those fields that are zero, by which engines mean unset. */
export function withoutZeros<T extends object>(object: T, ...names: (keyof T)[]): T {
  const copy = { ...object }
  for (const name of names) if (Number(copy[name]) === 0) delete copy[name]
  return copy
}

/** A copy with those 64-bit fields as bigints. */
export function withBigints<T extends object, K extends keyof T>(object: T, ...names: K[]): WithBigints<T, K> {
  const copy = { ...object } as Record<PropertyKey, unknown>
  for (const name of names) if (Number.isSafeInteger(copy[name])) copy[name] = BigInt(copy[name] as number)
  return copy as WithBigints<T, K>
}
