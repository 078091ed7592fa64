// SPDX-License-Identifier: Apache-2.0

import { nearestName } from '../errors/nearest-name.ts'
import type { SpecIssue } from '../errors/runtime-error.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import { pointer, valueAt } from './json-pointer.ts'
import type { CompiledSchema, SchemaProblem } from './schema-validator.ts'
import { showValue } from './show-value.ts'

const TYPE_NAMES = { string: 'a string', boolean: 'true or false', array: 'a list', object: 'an object' } as const

/** Every problem that the compiled schema finds, at most one for each value. */
export function findSchemaIssues(value: unknown, { accepts, validate }: CompiledSchema): SpecIssue[] {
  if (accepts(value)) return []
  if (validate(value)) throw new RuntimeError('BUG', 'cannot tell what is wrong with the shape of the document')
  const byPointer = new Map<string, SpecIssue>()
  for (const problem of validate.errors ?? []) {
    const issue = describeProblem(problem, value)
    if (!byPointer.has(issue.pointer)) byPointer.set(issue.pointer, issue)
  }
  return [...byPointer.values()]
}

function describeProblem(problem: SchemaProblem, document: unknown): SpecIssue {
  const at = problem.instancePath
  const value = valueAt(document, at)
  const found = `found ${showValue(value)}`
  switch (problem.keyword) {
    case 'type':
      return { code: 'WRONG_TYPE', pointer: at, message: `must be ${TYPE_NAMES[problem.params.type]}, ${found}` }
    case 'required':
      return { code: 'MISSING', pointer: at + pointer(problem.params.missingProperty), message: 'must be given' }
    case 'enum':
      return { code: 'NOT_ALLOWED', pointer: at, message: notAllowed(value, problem.params.allowedValues) }
    case 'int': {
      const { min, max } = problem.params
      const code = Number.isInteger(value) || typeof value === 'bigint' ? 'OUT_OF_RANGE' : 'WRONG_TYPE'
      return { code, pointer: at, message: `must be an integer from ${min} to ${max}, ${found}` }
    }
  }
}

function notAllowed(value: unknown, allowed: readonly string[]): string {
  const nearest = typeof value === 'string' ? nearestName(value, allowed) : undefined
  const guess = nearest ? `; did you mean ${showValue(nearest)}?` : ''
  return `must be one of ${allowed.filter((name) => name !== '').join(', ')}, found ${showValue(value)}${guess}`
}
