// SPDX-License-Identifier: Apache-2.0
// This room owns what the container's process is: its rights, limits, environment and program.

import { RLIMITS } from '../plan/kernel-flags.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedProcess } from '../spec/validated-spec.ts'

/** Limits that the keeper sets from outside: in a user namespace the process may not raise its own. */
export function planLimits(process: ValidatedProcess, inheritsOomScore: boolean, plan: PlanBuilder): void {
  process.rlimits.forEach(({ type, soft, hard }, i) => {
    const origin = { pointer: pointer('process', 'rlimits', i) }
    plan.append('oversee', { op: 'set_rlimit', resource: RLIMITS[type], soft, hard }, origin)
  })
  if (process.oomScoreAdj === undefined || inheritsOomScore) return
  plan.append('oversee', { op: 'set_oom_score_adj', value: process.oomScoreAdj }, OOM_ORIGIN)
}

const OOM_ORIGIN = { pointer: pointer('process', 'oomScoreAdj') }

/** An ordinary user may not write to the files of a process that is not dumpable, so the keeper's own value is inherited. */
export function planInheritedOomScore(process: ValidatedProcess, plan: PlanBuilder): void {
  if (process.oomScoreAdj === undefined) return
  plan.append('keeper', { op: 'set_dumpable', dumpable: true }, OOM_ORIGIN)
  plan.append('keeper', { op: 'set_oom_score_adj', value: process.oomScoreAdj }, OOM_ORIGIN)
  plan.append('keeper', { op: 'set_dumpable', dumpable: false }, OOM_ORIGIN)
}
