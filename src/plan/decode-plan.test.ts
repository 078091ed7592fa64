// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodePlan } from './decode-plan.ts'
import { encodePlan } from './encode-plan.ts'
import type { LaunchPlan, PlannedStep } from './launch-plan.ts'
import { numberSlots, OPENERS } from './number-slots.ts'
import type { FieldKind, OpName, OpRow } from './op-table.ts'
import { OPS } from './op-table.ts'

/** Small numbers that repeat with the seed: a linear congruential generator. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const TEXTS = ['', '/', 'é\n', 'x'.repeat(4096), '1234567']
const NUMBERS = [0, 1, 0xffffffff]
const LONGS = [0n, 1n, 0xffffffffffffffffn]

function fieldValue(kind: FieldKind, pick: (below: number) => number): unknown {
  const from = <T>(list: readonly T[]) => list[pick(list.length)] as T
  switch (kind) {
    case 'u32':
      return from(NUMBERS)
    case 'i32':
      return from([0, -1000, 2147483647])
    case 'u64':
      return from(LONGS)
    case 'i64':
      return from([0n, -1n, -(2n ** 63n), 2n ** 63n - 1n])
    case 'bool':
      return pick(2) === 1
    case 'bytes':
      return new Uint8Array(pick(70)).fill(pick(256))
    case 'strs':
      return Array.from({ length: pick(4) }, () => from(TEXTS))
    case 'u32s':
      return Array.from({ length: pick(4) }, () => from(NUMBERS))
    case 'slot':
      return from(['', 'gate'])
    default:
      return from(TEXTS)
  }
}

function randomStep(name: OpName, pick: (below: number) => number): PlannedStep {
  const row: OpRow = OPS[name]
  const fields = Object.entries(row.fields).map(([field, kind]) => [field, fieldValue(kind, pick)])
  const tolerate = [{}, { tolerate: true }, { tolerate: 'tell' }][pick(3)]
  const op = { op: name, ...Object.fromEntries(fields), ...tolerate }
  return { phase: row.phases[pick(row.phases.length)], op, origin: { reason: 'test' } } as PlannedStep
}

const VERBS = (Object.keys(OPS) as OpName[]).filter((name) => !OPENERS.has(name))

/** One step of every verb, with values from the seed. */
function randomPlan(seed: number): LaunchPlan {
  const pick = numbersFrom(seed)
  return { steps: VERBS.map((name) => randomStep(name, pick)), donated: ['gate' as LaunchPlan['donated'][number]] }
}

for (let seed = 1; seed <= 25; seed++) {
  test(`what is encoded comes back the same, seed ${seed}`, () => {
    const plan = randomPlan(seed)
    const decoded = decodePlan(encodePlan(plan, 0x1234n, { trace: true }))
    const numbers = numberSlots(plan).numbers
    const expected = plan.steps.map(({ phase, op }) => {
      const row: OpRow = OPS[op.op]
      const slots = Object.entries(row.fields).filter(([, kind]) => kind === 'slot')
      const values = op as unknown as Record<string, string>
      const numbered = slots.map(([field]) => [field, numbers.get(values[field] ?? '') ?? -1])
      return { phase, op: { ...op, ...Object.fromEntries(numbered) } }
    })
    assert.deepEqual(decoded.steps, expected)
    assert.deepEqual([decoded.hash, decoded.flags, decoded.firstFreeDescriptor], [0x1234n, 1n, 6])
  })
}

test('a plan may outgrow its first buffer before a field of any kind', () => {
  const texts = Array.from({ length: 8 }, (_, i) => 'x'.repeat(i * 8))
  for (const name of texts) {
    const offsets = { monotonicSecs: 1n, monotonicNanosecs: 2, boottimeSecs: 3n, boottimeNanosecs: 4 }
    const step = { phase: 'born', op: { op: 'set_time_offsets', ...offsets }, origin: { reason: 'test' } }
    const shift = { phase: 'inside', op: { op: 'set_hostname', name }, origin: { reason: 'test' } }
    const plan = { steps: [shift, ...Array(500).fill(step)], donated: [] } as unknown as LaunchPlan
    assert.deepEqual(decodePlan(encodePlan(plan, 1n)).steps.at(-1)?.op, step.op)
  }
})

test('a plan that is cut anywhere is refused, never read past its end', () => {
  const bytes = encodePlan(randomPlan(3), 1n)
  for (let length = 0; length < bytes.length; length += 8) {
    assert.throws(() => decodePlan(bytes.subarray(0, length)), { code: 'BUG' }, `cut at ${length}`)
  }
})

test('bytes after the last step are refused', () => {
  const bytes = encodePlan(randomPlan(3), 1n)
  assert.throws(() => decodePlan(Buffer.concat([bytes, Buffer.alloc(8)])), /more after the last step/)
})
