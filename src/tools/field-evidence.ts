// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRuntimeError } from '../errors/runtime-error.ts'
import type { OpName } from '../plan/op-table.ts'
import { pointer } from '../spec/json-pointer.ts'
import { compatibilityWarnings } from '../spec/rules/compatibility-warnings.ts'
import type { Rules } from '../spec/rules/rule.ts'
import { specRules } from '../spec/rules/spec-rules.ts'
import { findUnsupported } from '../spec/unsupported-fields.ts'
import { validateSpec } from '../spec/validate-spec.ts'
import type { SettledSpec, ValidatedSpec } from '../spec/validated-spec.ts'
import { type Decided, decide, decideFilter } from './decide.ts'
import { candidates, changed, type Document, type Occurrence, occurrencesOf } from './field-values.ts'
import type { RecordedFacts } from './plan-fixtures.ts'
import { recording } from './recording.ts'
import type { TypeLeaf } from './type-leaves.ts'

/** What becomes of one field of config.json, as experiments show. */
export interface FieldEvidence {
  readonly field: string
  /** Files that decide something else when the value of the field is another: it is applied. */
  readonly files: ReadonlySet<string>
  /** Verbs of the plan that are then others, or come or go. */
  readonly ops: ReadonlySet<OpName>
  /** Files below spec/rules that look at the field. */
  readonly rules: ReadonlySet<string>
  /** A value of the field was found to be unsupported. */
  readonly unsupported: boolean
  /** How many valid documents have the field. */
  readonly documents: number
  /** How many times its value was changed to another that was valid, too. */
  readonly experiments: number
}

/** Experiments are enough when this many places have had this many other values each. */
const MOST_PLACES = 4
const MOST_VALUES = 2
/** Most values of other places are not valid in every place. */
const MOST_TRIED = 16

/**
 * Changes each field in documents that have it and looks for what is decided otherwise. Reading a field proves little:
 * only a value that makes a difference is applied.
 */
export function fieldEvidence(
  leaves: readonly TypeLeaf[],
  documents: readonly Document[],
  hosts: readonly RecordedFacts[],
  decider: typeof decide = decide,
): FieldEvidence[] {
  const rules = rulesByField(leaves, documents)
  const occurrences = occurrencesOf(leaves, documents)
  const decisions = new Decisions(hosts, decider)
  return leaves.map((leaf) => ({
    field: leaf.field,
    rules: rules.get(leaf.field) ?? new Set(),
    documents: new Set(occurrences.get(leaf.field)?.map(({ document }) => document)).size,
    ...experiment(leaf, occurrences.get(leaf.field) ?? [], decisions),
  }))
}

function experiment(leaf: TypeLeaf, occurrences: readonly Occurrence[], decisions: Decisions) {
  const found = { files: new Set<string>(), ops: new Set<OpName>(), unsupported: false, experiments: 0 }
  for (const occurrence of differentOnes(occurrences)) {
    const before = decisions.of(occurrence.document.value, leaf)
    if (before === undefined) continue
    found.unsupported ||= before.unsupported.some((at) => `${pointer(...occurrence.parts)}/`.startsWith(`${at}/`))
    for (const after of validChanges(leaf, occurrence, occurrences, decisions)) {
      found.experiments += 1
      for (const { file, op } of difference(before.decided, after.decided)) {
        found.files.add(file())
        if (op) found.ops.add(op)
      }
    }
  }
  return found
}

/** What is decided with other values in that place, as far as they are valid there. */
function validChanges(leaf: TypeLeaf, occurrence: Occurrence, all: readonly Occurrence[], decisions: Decisions) {
  const outcomes: Outcome[] = []
  for (const value of candidates(leaf, occurrence, all).slice(0, MOST_TRIED)) {
    const outcome = decisions.of(changed(occurrence, value), leaf)
    if (outcome !== undefined) outcomes.push(outcome)
    if (outcomes.length === MOST_VALUES) break
  }
  return outcomes
}

/** Places with a value that none before has, then those with one that is new in their document; others add only time. */
function differentOnes(occurrences: readonly Occurrence[]): Occurrence[] {
  const values = new Set<unknown>()
  const news = occurrences.filter(({ value }) => !values.has(value) && values.add(value))
  const documents = new Set(news.map(({ document }) => document))
  const others = occurrences.filter(({ document }) => !documents.has(document) && documents.add(document))
  return [...news.slice(0, MOST_PLACES), ...others.slice(0, MOST_PLACES)]
}

interface Outcome {
  readonly decided: readonly Decided[]
  readonly unsupported: readonly string[]
}

/** What is decided for a document on all hosts; undefined for one that is not valid. Keeps what it found. */
class Decisions {
  readonly #hosts: readonly RecordedFacts[]
  readonly #decider: typeof decide
  readonly #known = new Map<object, Map<boolean, Outcome | undefined>>()

  constructor(hosts: readonly RecordedFacts[], decider: typeof decide) {
    this.#hosts = hosts
    this.#decider = decider
  }

  of(document: object, { field }: TypeLeaf): Outcome | undefined {
    const withFilter = field.startsWith('/linux/seccomp/')
    const known = this.#known.get(document) ?? new Map<boolean, Outcome | undefined>()
    this.#known.set(document, known)
    if (!known.has(withFilter)) known.set(withFilter, this.#decide(document, withFilter))
    return known.get(withFilter)
  }

  #decide(document: object, withFilter: boolean): Outcome | undefined {
    const spec = validOrNot(document)
    if (spec === undefined) return undefined
    const unsupported = findUnsupported(spec).map((issue) => issue.pointer)
    const decided = this.#hosts.flatMap((host) => this.#decider(spec, host))
    return { unsupported, decided: withFilter ? [...decided, ...decideFilter(spec)] : decided }
  }
}

function validOrNot(document: object): ValidatedSpec | undefined {
  try {
    return validateSpec(document).spec
  } catch (error) {
    if (isRuntimeError(error)) return undefined
    throw error
  }
}

/** What is in one list and not in the other, as often as it is. */
function difference(before: readonly Decided[], after: readonly Decided[]): Decided[] {
  const balance = new Map<string, number>()
  for (const { text } of before) balance.set(text, (balance.get(text) ?? 0) + 1)
  for (const { text } of after) balance.set(text, (balance.get(text) ?? 0) - 1)
  return [...before, ...after].filter(({ text }) => balance.get(text) !== 0)
}

/** Which rules look at which field, in all documents. */
function rulesByField(leaves: readonly TypeLeaf[], documents: readonly Document[]): Map<string, Set<string>> {
  const fields = new Map(leaves.map(({ field }) => [field, new Set<string>()]))
  const patterns = fieldPatterns([...fields.keys()])
  const rules = namedRules()
  for (const { value } of documents) {
    const spec = validOrNot(value)
    if (spec === undefined) continue
    let file = ''
    const watched = recording<SettledSpec>(spec, (at) => fields.get(patterns(at) ?? '')?.add(file))
    for (const rule of rules) {
      file = rule.file
      rule.check(watched, () => {})
    }
  }
  return fields
}

/** Each rule with the file that it is in: its code is found there as the name of a method. */
function namedRules(): { file: string; check: Rules[string] }[] {
  const files = readdirSync('src/spec/rules').filter((name) => !name.endsWith('.test.ts'))
  const texts = files.map((name) => [`spec/rules/${name}`, readFileSync(join('src/spec/rules', name), 'utf8')] as const)
  return [...specRules, compatibilityWarnings].flatMap((table) =>
    Object.entries(table).map(([code, check]) => ({
      file: texts.find(([, text]) => text.includes(`\n  ${code}(`))?.[0] ?? '?',
      check: check as Rules[string],
    })),
  )
}

/** Which of the fields, with `*` for members, a pointer leads to. */
function fieldPatterns(fields: readonly string[]): (at: string) => string | undefined {
  const patterns = fields.map((field) => [field, new RegExp(`^${field.replaceAll('*', '[^/]+')}$`)] as const)
  const known = new Map<string, string | undefined>()
  return (at) => {
    if (!known.has(at)) known.set(at, patterns.find(([, pattern]) => pattern.test(at))?.[0])
    return known.get(at)
  }
}
