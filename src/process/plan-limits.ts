// SPDX-License-Identifier: Apache-2.0
// This room owns what the container's process is: its rights, limits, environment and program.

import { RLIMITS } from '../plan/kernel-flags.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedProcess } from '../spec/validated-spec.ts'

/** Limits that the keeper sets from outside: in a user namespace the process may not raise its own. */
export function planLimits(process: ValidatedProcess, plan: PlanBuilder): void {
  process.rlimits.forEach(({ type, soft, hard }, i) => {
    const origin = { pointer: pointer('process', 'rlimits', i) }
    plan.append('oversee', { op: 'set_rlimit', resource: RLIMITS[type], soft, hard }, origin)
  })
  if (process.oomScoreAdj === undefined) return
  const origin = { pointer: pointer('process', 'oomScoreAdj') }
  plan.append('oversee', { op: 'set_oom_score_adj', value: process.oomScoreAdj }, origin)
}
