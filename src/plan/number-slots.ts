// SPDX-License-Identifier: Apache-2.0
import type { LaunchPlan } from './launch-plan.ts'

/** Descriptors 0 to 2 are the container's stdio, 3 is the conversation with the runtime, 4 the plan itself. */
export const FIRST_SLOT = 5

/** Verbs that fill the slot they name. */
export const OPENERS: ReadonlySet<string> = new Set([
  'open_namespace',
  'open_tree',
  'open_cgroup',
  'open_id_map',
  'open_mapped_filesystem',
  'open_process_root',
])

/** Descriptor numbers of a plan's slots: donated ones first, then those that keeper steps open, in their order. */
export function numberSlots(plan: LaunchPlan): { numbers: ReadonlyMap<string, number>; next: number } {
  const numbers = new Map<string, number>()
  let next = FIRST_SLOT
  for (const slot of plan.donated) numbers.set(slot, next++)
  for (const { op } of plan.steps) {
    if (OPENERS.has(op.op) && 'slot' in op) numbers.set(op.slot, next++)
  }
  return { numbers, next }
}
