// SPDX-License-Identifier: Apache-2.0
import type { LaunchPlan, Origin, PlannedStep } from './launch-plan.ts'
import type { OpRow } from './op-table.ts'
import { OPS } from './op-table.ts'
import { type CapabilityNames, describeOp } from './print-plan-ops.ts'

/** The listing of `runts plan`: one line a step with its phase, number, verb, arguments and where it comes from. */
export function printPlan({ steps }: LaunchPlan, capabilities: CapabilityNames): string {
  const digits = String(steps.length).length
  const verb = Math.max(0, ...steps.map(({ op }) => op.op.length))
  const lines = steps.map((step, i) => {
    const tolerant = step.op.tolerate
      ? ` (${tolerated(step).join(' or ')} ${step.op.tolerate === 'tell' ? 'is only told' : 'is fine'})`
      : ''
    const what = `${step.op.op.padEnd(verb)}  ${describeOp(step.op, capabilities)}${tolerant}`.trimEnd()
    return `${step.phase.padEnd(7)}  ${String(i + 1).padStart(digits)}  ${what}  ← ${originOf(step.origin)}\n`
  })
  return lines.join('')
}

/** The same as JSON: fields in the order of the op table, 64-bit numbers that a double cannot hold as strings. */
export function printPlanJson({ steps, donated }: LaunchPlan): string {
  const listed = steps.map((step, i) => ({
    step: i + 1,
    phase: step.phase,
    op: step.op.op,
    ...fieldsOf(step),
    ...step.origin,
  }))
  return `${JSON.stringify({ donated, steps: listed }, jsonValue, 2)}\n`
}

function fieldsOf({ op }: PlannedStep): Record<string, unknown> {
  const row: OpRow = OPS[op.op]
  const values = op as unknown as Record<string, unknown>
  const fields = Object.keys(row.fields).map((field) => [field, values[field]])
  return { arguments: Object.fromEntries(fields), ...(op.tolerate ? { tolerates: row.tolerates } : {}) }
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value >= -MAX_SAFE && value <= MAX_SAFE ? Number(value) : String(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

function tolerated({ op }: PlannedStep): readonly string[] {
  const row: OpRow = OPS[op.op]
  return row.tolerates ?? []
}

function originOf({ pointer, reason }: Origin): string {
  return pointer === undefined ? `(${reason})` : pointer || '/'
}
