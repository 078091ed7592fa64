// SPDX-License-Identifier: Apache-2.0
import type { SpecIssue } from '../errors/runtime-error.ts'
import { pointer } from './json-pointer.ts'
import type { SettledSpec } from './validated-spec.ts'

/** A field of config.json that this build does not apply. */
export interface UnsupportedField extends SpecIssue {
  /** `refuse`: the container would not be what was asked for. `warn`: it only lacks a convenience. */
  readonly severity: 'refuse' | 'warn'
}

interface UnsupportedRow {
  /** Pointer of the field; `*` stands for every member of a list or object. */
  readonly pointer: string
  readonly reason: string
  readonly severity: 'refuse' | 'warn'
}

/** Fields that pass validation and that no planner reads. A row goes away with the feature that needs it. */
export const UNSUPPORTED_FIELDS: readonly UnsupportedRow[] = []

/** Whether this build applies a field, given as the pointers above: not where a row names it or what it belongs to. */
export function isApplied(field: string): boolean {
  return !UNSUPPORTED_FIELDS.some(({ pointer: pattern }) => `${field}/`.startsWith(`${pattern}/`))
}

/** Every field of a valid config.json that this build would otherwise drop. */
export function findUnsupported(spec: SettledSpec): UnsupportedField[] {
  return UNSUPPORTED_FIELDS.flatMap(({ pointer: pattern, reason, severity }) =>
    matches(spec, pattern.slice(1).split('/'), '').map((at) => unsupported(at, reason, severity)),
  )
}

/** Pointers to the values that are set, be it to something else than the default. */
function matches(value: unknown, [part, ...rest]: readonly string[], at: string): string[] {
  if (part === undefined) return isSet(value) ? [at] : []
  if (typeof value !== 'object' || value === null) return []
  const names = part === '*' ? Object.keys(value) : [part]
  return names.flatMap((name) => matches((value as Record<string, unknown>)[name], rest, at + pointer(name)))
}

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : !!value
}

function unsupported(at: string, reason: string, severity: 'refuse' | 'warn'): UnsupportedField {
  return { code: 'FIELD_UNSUPPORTED', pointer: at, message: reason, severity }
}
