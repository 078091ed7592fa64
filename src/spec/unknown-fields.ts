// SPDX-License-Identifier: Apache-2.0
import { pointer } from './json-pointer.ts'
import { nearestName } from './nearest-name.ts'
import type { FieldTree } from './schema/field-tree.ts'

/** A field that runts does not know, and must ignore (config.md, Extensibility). */
export interface UnknownField {
  readonly pointer: string
  /** The known field of the same object that was probably meant. */
  readonly nearest?: string
}

/** Everything in `value` that `fields` does not mention; what is inside an unknown field is not looked at. */
export function findUnknownFields(value: unknown, fields: FieldTree): UnknownField[] {
  const unknown: UnknownField[] = []
  collect(value, fields, '', unknown)
  return unknown
}

function collect(value: unknown, fields: FieldTree, at: string, unknown: UnknownField[]): void {
  if (typeof value !== 'object' || value === null || fields === 0) return
  for (const [name, member] of Object.entries(value)) {
    const field = fieldNamed(fields, name)
    if (field !== undefined) collect(member, field, at + pointer(name), unknown)
    else unknown.push(unknownField(at + pointer(name), name, Object.keys(fields)))
  }
}

function fieldNamed(fields: Exclude<FieldTree, 0>, name: string): FieldTree | undefined {
  if (Array.isArray(fields)) return fields[0]
  const byName = fields as Readonly<Record<string, FieldTree>>
  return byName['*'] ?? (Object.hasOwn(byName, name) ? byName[name] : undefined)
}

function unknownField(at: string, name: string, known: readonly string[]): UnknownField {
  const nearest = nearestName(name, known)
  return nearest === undefined ? { pointer: at } : { pointer: at, nearest }
}
