// SPDX-License-Identifier: Apache-2.0
import { pointer, pointerParts } from '../spec/json-pointer.ts'
import type { TypeLeaf } from './type-leaves.ts'

/** A config.json that has fields to experiment with. */
export interface Document {
  readonly name: string
  readonly value: object
}

/** One place where a document has a field. */
export interface Occurrence {
  readonly document: Document
  readonly parts: readonly string[]
  readonly value: unknown
}

/** In the place of a value: the field is left out. */
export const ABSENT = Symbol('absent')

/** Where the documents have each field, small documents first. */
export function occurrencesOf(
  leaves: readonly TypeLeaf[],
  documents: readonly Document[],
): Map<string, readonly Occurrence[]> {
  const size = ({ value }: Document) => JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? 0 : each)).length
  const sorted = documents.map((document) => ({ document, size: size(document) })).sort((a, b) => a.size - b.size)
  return new Map(
    leaves.map(({ field }) => [
      field,
      sorted.flatMap(({ document }) =>
        placesOf(document.value, pointerParts(field)).map((at) => ({ document, ...at })),
      ),
    ]),
  )
}

function placesOf(value: unknown, [part, ...rest]: readonly string[]): { parts: string[]; value: unknown }[] {
  if (part === undefined) return value === null || typeof value === 'object' ? [] : [{ parts: [], value }]
  if (typeof value !== 'object' || value === null) return []
  const names = part === '*' ? Object.keys(value) : Object.hasOwn(value, part) ? [part] : []
  return names.flatMap((name) =>
    placesOf((value as Record<string, unknown>)[name], rest).map((place) => ({
      ...place,
      parts: [name, ...place.parts],
    })),
  )
}

/** Other values to put in a place: those that documents have for the field, all its words, some like it, and none. */
export function candidates(leaf: TypeLeaf, { value }: Occurrence, all: readonly Occurrence[]): unknown[] {
  const others = [...all.map((occurrence) => occurrence.value), ...leaf.words, ...valuesLike(value), ABSENT]
  return [...new Set(others)].filter((other) => other !== value)
}

function valuesLike(value: unknown): unknown[] {
  if (typeof value === 'boolean') return [!value]
  if (typeof value === 'number') return [value + 1, value - 1]
  if (typeof value === 'bigint') return [value - 1n]
  return [`${value}x`]
}

/** A copy of the document with another value in that place. */
export function changed({ document, parts }: Occurrence, value: unknown): object {
  const copy = structuredClone(document.value)
  let holder = copy as Record<string, unknown>
  for (const part of parts.slice(0, -1)) holder = holder[part] as Record<string, unknown>
  const last = parts.at(-1) as string
  if (value !== ABSENT) holder[last] = value
  else if (Array.isArray(holder)) holder.splice(Number(last), 1)
  else delete holder[last]
  return copy
}

/** Fields that no value can be given: invalid documents have them, and are refused for them. */
export function refusedFields(
  leaves: readonly TypeLeaf[],
  invalid: readonly Document[],
  issuesOf: (document: Document) => readonly string[],
): Set<string> {
  const occurrences = occurrencesOf(leaves, invalid)
  const isRefused = ({ document, parts }: Occurrence) =>
    issuesOf(document).some((at) => at !== '' && `${pointer(...parts)}/`.startsWith(`${at}/`))
  return new Set(leaves.map(({ field }) => field).filter((field) => occurrences.get(field)?.some(isRefused)))
}
