// SPDX-License-Identifier: Apache-2.0
import type { SettledSpec } from '../validated-spec.ts'

/** Tells of one problem: the pointer of the value, and a message that names what was found and what is allowed. */
export type Report = (pointer: string, message: string) => void

/** What a schema cannot say, as small checks by the code of the issues they report. */
export type Rules = Readonly<Record<string, (spec: SettledSpec, report: Report) => void>>

/** Without any content, list or value: settled sections have empty lists for those that are absent. */
export function isAbsent(section: object): boolean {
  for (const value of Object.values(section)) if (!Array.isArray(value) || value.length > 0) return false
  return true
}
