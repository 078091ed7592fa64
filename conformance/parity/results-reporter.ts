// SPDX-License-Identifier: Apache-2.0
// A reporter for `node --test`: failures as they come, then what was left out, then totals in one line.
// RESULTS_FILE receives one JSON line for each case.
import { appendFileSync } from 'node:fs'

export type Outcome = 'passed' | 'failed' | 'skipped' | 'differs' | 'listed but passed'

export interface Result {
  name: string
  outcome: Outcome
  reason: string
}

interface Event {
  type: string
  data: {
    name: string
    todo?: string | boolean
    skip?: string | boolean
    details?: { error?: { cause?: unknown; message?: string } }
  }
}

function outcomeOf(event: Event): Outcome {
  if (event.data.skip !== undefined) return 'skipped'
  const passed = event.type === 'test:pass'
  if (event.data.todo !== undefined) return passed ? 'listed but passed' : 'differs'
  return passed ? 'passed' : 'failed'
}

function messageOf(event: Event): string {
  const error = event.data.details?.error
  const cause = error?.cause
  return cause instanceof Error ? cause.message : String(cause ?? error?.message ?? '')
}

function resultOf(event: Event): Result {
  const outcome = outcomeOf(event)
  const { skip, todo } = event.data
  const reason = outcome === 'failed' ? messageOf(event) : String(skip ?? todo ?? '')
  return { name: event.data.name, outcome, reason }
}

/** A file that cannot be loaded is reported as a failed test named by its path; one that can, as a passed one. */
function isCase(event: Event): boolean {
  if (event.type === 'test:fail') return true
  return event.type === 'test:pass' && !event.data.name.endsWith('.test.js')
}

function indented(text: string): string {
  return text.trimEnd().split('\n').slice(0, 24).join('\n    ')
}

function count(results: Result[], ...outcomes: Outcome[]): number {
  return results.filter((result) => outcomes.includes(result.outcome)).length
}

function* summary(results: Result[]): Generator<string> {
  const skipped = results.filter((result) => result.outcome === 'skipped')
  for (const reason of new Set(skipped.map((result) => result.reason)))
    yield `left out ${skipped.filter((result) => result.reason === reason).length}: ${reason}\n`
  for (const { name } of results.filter((result) => result.outcome === 'failed')) yield `failed: ${name}\n`
  yield `# skipped ${skipped.length}\n`
  const passed = count(results, 'passed', 'listed but passed')
  yield `${passed} passed, ${count(results, 'failed')} failed, ${count(results, 'differs')} known differences\n`
}

export default async function* report(events: AsyncIterable<Event>): AsyncGenerator<string> {
  const results: Result[] = []
  for await (const event of events) {
    if (!isCase(event)) continue
    const result = resultOf(event)
    results.push(result)
    if (process.env.RESULTS_FILE) appendFileSync(process.env.RESULTS_FILE, `${JSON.stringify(result)}\n`)
    if (result.outcome === 'failed') yield `✖ ${result.name}\n    ${indented(result.reason)}\n`
    if (result.outcome === 'listed but passed') yield `? ${result.name}: passes, but is listed as a difference\n`
  }
  yield* summary(results)
}
