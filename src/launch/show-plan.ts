// SPDX-License-Identifier: Apache-2.0
import type { LaunchPlan } from '../plan/launch-plan.ts'
import { printPlan, printPlanJson } from '../plan/print-plan.ts'
import { CAPABILITY_NAMES } from '../spec/capability-names.ts'

/** A plan for people (`text`) or programs (`json`), ending with a newline. */
export function showPlan(plan: LaunchPlan, format: 'text' | 'json'): string {
  return format === 'json' ? printPlanJson(plan) : printPlan(plan, CAPABILITY_NAMES)
}
