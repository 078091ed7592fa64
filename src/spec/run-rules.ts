// SPDX-License-Identifier: Apache-2.0
import type { SpecIssue } from '../errors/runtime-error.ts'
import type { Rules } from './rules/rule.ts'
import type { SettledSpec } from './validated-spec.ts'

/**
 * What every rule finds. `misshapen` are the pointers that the schema complained about: rules may stumble over those
 * values, and what they say at, below or around them may only follow from that.
 */
export function runRules(tables: readonly Rules[], spec: SettledSpec, misshapen: readonly string[]): SpecIssue[] {
  const issues: SpecIssue[] = []
  // Loops, not flatMap: the engine compiles each array method of its own at the first call, at every start of runts.
  for (const rules of tables) {
    for (const [code, check] of Object.entries(rules)) {
      try {
        check(spec, (pointer, message) => issues.push({ code, pointer, message }))
      } catch (stumble) {
        if (misshapen.length === 0) throw stumble
      }
    }
  }
  if (misshapen.length === 0) return issues
  return issues.filter(({ pointer }) => !misshapen.some((bad) => contains(bad, pointer) || contains(pointer, bad)))
}

function contains(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`)
}
