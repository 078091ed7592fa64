// SPDX-License-Identifier: Apache-2.0
import { showPlan } from '../launch/show-plan.ts'
import type { Logger } from '../log/logger.ts'
import type { LaunchPlan } from '../plan/launch-plan.ts'

/** The plan that is carried out next, as `runts plan` lists one; the durations that follow refer to its numbers. */
export function tellPlan(plan: LaunchPlan, log: Logger): void {
  for (const line of showPlan(plan, 'text').trimEnd().split('\n')) log.debug(line)
}
