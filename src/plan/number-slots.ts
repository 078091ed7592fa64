// SPDX-License-Identifier: Apache-2.0
import type { LaunchPlan } from './launch-plan.ts'

/** The descriptors of the shim: the program's come first, so that they are where it expects them from the beginning. */
export interface Numbering {
  /** The conversation with the runtime; the plan itself is the next one. */
  readonly control: number
  readonly firstSlot: number
}

export function numbering({ passedOn = 0 }: Pick<LaunchPlan, 'passedOn'>): Numbering {
  const control = 3 + passedOn
  return { control, firstSlot: control + 2 }
}

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
  let next = numbering(plan).firstSlot
  for (const slot of plan.donated) numbers.set(slot, next++)
  for (const { op } of plan.steps) {
    if (OPENERS.has(op.op) && 'slot' in op) numbers.set(op.slot, next++)
  }
  return { numbers, next }
}
