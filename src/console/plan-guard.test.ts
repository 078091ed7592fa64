// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PlanBuilder } from '../plan/plan-builder.ts'
import { planGuard } from './plan-guard.ts'

test('a guard does one thing and is given nothing but the terminal', () => {
  const plan = new PlanBuilder()
  const [changed, saved] = [Uint8Array.of(1), Uint8Array.of(2)]
  planGuard({ changed, saved }, plan)
  const { steps, donated } = plan.build()
  const [terminal] = donated
  assert.equal(donated.length, 1)
  const step = { op: 'guard_terminal', terminal, changed, saved }
  assert.deepEqual(
    steps.map(({ phase, op }) => [phase, op]),
    [['keeper', step]],
  )
})
