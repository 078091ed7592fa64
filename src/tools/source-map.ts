// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { OpName } from '../plan/op-table.ts'
import { IGNORED_FIELDS } from '../spec/ignored-fields.ts'
import { parseConfig } from '../spec/parse-config.ts'
import { isApplied } from '../spec/unsupported-fields.ts'
import { type FieldEvidence, fieldEvidence } from './field-evidence.ts'
import { type Document, refusedFields } from './field-values.ts'
import { FIXTURES, recordedHosts } from './plan-fixtures.ts'
import { typeLeaves } from './type-leaves.ts'

/** What happens to a field: see `fateOf`. */
export type Fate = 'applied' | 'unsupported' | 'ignored' | 'refused' | 'forgotten'

/** One field of config.json: what becomes of it, and where. Files are below src and native-shim. */
export interface MappedField {
  readonly field: string
  readonly fate: Fate
  readonly rules: readonly string[]
  readonly files: readonly string[]
  readonly ops: readonly OpName[]
  readonly functions: readonly string[]
}

/** Every field of config.json that the types package declares, in its order. */
export function sourceMap(): MappedField[] {
  const documents = configDocuments('config/valid')
  const refused = refusedFields(typeLeaves('Spec'), configDocuments('config/invalid'), issuesOf)
  const functions = shimFunctions()
  return fieldEvidence(typeLeaves('Spec'), documents, recordedHosts(FIXTURES)).map((evidence) => ({
    field: evidence.field,
    fate: fateOf(evidence, refused),
    rules: [...evidence.rules].sort(),
    files: [...evidence.files].sort(),
    ops: [...evidence.ops].sort(),
    functions: [...new Set([...evidence.ops].map((op) => functions.get(op) ?? '?'))].sort(),
  }))
}

/**
 * A field is applied when another value makes a difference. Otherwise it has to be reported as unsupported, or be on the
 * list of those that may be ignored, or no valid document may have it; if not, it was forgotten.
 */
export function fateOf({ field, files, unsupported, documents }: FieldEvidence, refused: ReadonlySet<string>): Fate {
  if (files.size > 0) return 'applied'
  if (unsupported && !isApplied(field)) return 'unsupported'
  if (IGNORED_FIELDS.some((ignored) => ignored.field === field)) return 'ignored'
  return refused.has(field) && documents === 0 ? 'refused' : 'forgotten'
}

/** Longer documents only take time: what they have, shorter ones have too. */
const LONGEST = 16_000

/** The configs of one directory of the fixtures that are JSON at all. */
export function configDocuments(directory: string): Document[] {
  const path = join(FIXTURES, directory)
  const names = readdirSync(path).filter((name) => name.endsWith('.json') && !name.endsWith('.issues.json'))
  return names.sort().flatMap((name) => {
    const text = readFileSync(join(path, name), 'utf8')
    const value = text.length > LONGEST ? undefined : parseOrNot(text)
    return typeof value === 'object' && value !== null ? [{ name: basename(name, '.json'), value }] : []
  })
}

function parseOrNot(text: string): unknown {
  try {
    return parseConfig(text).value
  } catch {
    return undefined
  }
}

/** Pointers of what is wrong with an invalid document. */
export function issuesOf({ name }: Document): string[] {
  const text = readFileSync(join(FIXTURES, 'config/invalid', `${name}.issues.json`), 'utf8')
  return (JSON.parse(text) as { pointer: string }[]).map(({ pointer }) => pointer)
}

/** Which C file holds the function of a verb. */
function shimFunctions(): Map<string, string> {
  const files = readdirSync('native-shim').filter((name) => name.endsWith('.c'))
  const found = files.flatMap((name) => {
    const definitions = readFileSync(join('native-shim', name), 'utf8').matchAll(/^int op_(\w+)\(struct context/gm)
    return [...definitions].map(([, op = '']) => [op, name] as const)
  })
  return new Map(found)
}
