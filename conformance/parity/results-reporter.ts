// SPDX-License-Identifier: Apache-2.0
// A reporter for `node --test`: failures as they come, then totals. RESULTS_FILE receives one JSON line for each case.
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

// A file that cannot be loaded is reported as a test by its path.
function isCase(event: Event): boolean {
  return (
    (event.type === 'test:pass' || event.type === 'test:fail') &&
    !(event.type === 'test:pass' && event.data.name.endsWith('.test.js'))
  )
}

function indented(text: string): string {
  return text.trimEnd().split('\n').slice(0, 24).join('\n    ')
}

export default async function* report(events: AsyncIterable<Event>): AsyncGenerator<string> {
  const totals = new Map<Outcome, number>()
  const skips = new Map<string, number>()
  for await (const event of events) {
    if (!isCase(event)) continue
    const result = resultOf(event)
    totals.set(result.outcome, (totals.get(result.outcome) ?? 0) + 1)
    if (process.env.RESULTS_FILE) appendFileSync(process.env.RESULTS_FILE, `${JSON.stringify(result)}\n`)
    if (result.outcome === 'skipped') skips.set(result.reason, (skips.get(result.reason) ?? 0) + 1)
    if (result.outcome === 'failed') yield `✖ ${result.name}\n    ${indented(result.reason)}\n`
    if (result.outcome === 'listed but passed') yield `? ${result.name}: passes, but is listed as a difference\n`
  }
  for (const [reason, count] of skips) yield `left out ${count}: ${reason}\n`
  yield `${[...totals].map(([outcome, count]) => `${count} ${outcome}`).join(', ')}\n`
}
