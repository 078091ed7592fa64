// SPDX-License-Identifier: Apache-2.0
import type { SpecIssue } from '../errors/runtime-error.ts'
import { pointer } from './json-pointer.ts'
import { nearestName } from './nearest-name.ts'
import type { FieldTree } from './schema/field-tree.ts'
import { showValue } from './show-value.ts'

/** A field that runts does not know, and must ignore (config.md, Extensibility). */
export interface UnknownField {
  readonly pointer: string
  /** The known field of the same object that was probably meant. */
  readonly nearest?: string
}

export interface Survey {
  readonly unknown: readonly UnknownField[]
  /** Texts with a NUL byte, which would end early in every system call. */
  readonly issues: readonly SpecIssue[]
}

/** One walk over everything that `fields` mentions; what is inside an unknown field is not looked at. */
export function surveyDocument(value: unknown, fields: FieldTree): Survey {
  const survey = { unknown: [], issues: [] }
  walk(value, fields, '', survey)
  return survey
}

function walk(value: unknown, fields: FieldTree, at: string, survey: { unknown: UnknownField[]; issues: SpecIssue[] }) {
  if (typeof value === 'string' && value.includes('\0')) survey.issues.push(nulByte(at, value))
  if (typeof value !== 'object' || value === null || fields === 0) return
  for (const [name, member] of Object.entries(value)) {
    const here = at + pointer(name)
    const field = fieldNamed(fields, name)
    if (field === undefined) survey.unknown.push(unknownField(here, name, Object.keys(fields)))
    else walk(member, field, here, survey)
    if (field !== undefined && name.includes('\0')) survey.issues.push(nulByte(here, name))
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

function nulByte(at: string, text: string): SpecIssue {
  return { code: 'NUL_BYTE', pointer: at, message: `must not contain a NUL byte, found ${showValue(text)}` }
}
