// SPDX-License-Identifier: Apache-2.0

import { nearestName } from '../errors/nearest-name.ts'
import type { SpecIssue } from '../errors/runtime-error.ts'
import { pointer } from './json-pointer.ts'
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
  const surveyor = new Surveyor()
  surveyor.walk(value, fields)
  return surveyor
}

class Surveyor implements Survey {
  readonly unknown: UnknownField[] = []
  readonly issues: SpecIssue[] = []
  /** Where the walk is: most documents never need it as a pointer. */
  readonly #path: (string | number)[] = []

  walk(value: unknown, fields: FieldTree): void {
    if (typeof value === 'string') this.#checkText(value)
    else if (typeof value !== 'object' || value === null || fields === 0) return
    else if (isListOf(fields)) this.#walkList(value, fields[0])
    else this.#walkObject(value as Record<string, unknown>, fields)
  }

  #walkList(list: object, item: FieldTree): void {
    if (!Array.isArray(list)) return
    for (let i = 0; i < list.length; i++) {
      this.#path.push(i)
      this.walk(list[i], item)
      this.#path.pop()
    }
  }

  #walkObject(object: Record<string, unknown>, fields: Exclude<FieldTree, 0 | readonly [FieldTree]>): void {
    for (const name of Object.keys(object)) {
      this.#path.push(name)
      const field = fields['*'] ?? (Object.hasOwn(fields, name) ? fields[name] : undefined)
      if (field === undefined) this.#addUnknown(name, Object.keys(fields))
      else {
        this.#checkText(name)
        this.walk(object[name], field)
      }
      this.#path.pop()
    }
  }

  #checkText(text: string): void {
    if (!text.includes('\0')) return
    const message = `must not contain a NUL byte, found ${showValue(text)}`
    this.issues.push({ code: 'NUL_BYTE', pointer: pointer(...this.#path), message })
  }

  #addUnknown(name: string, known: readonly string[]): void {
    const nearest = nearestName(name, known)
    const at = pointer(...this.#path)
    this.unknown.push(nearest === undefined ? { pointer: at } : { pointer: at, nearest })
  }
}

function isListOf(fields: FieldTree): fields is readonly [FieldTree] {
  return Array.isArray(fields)
}
