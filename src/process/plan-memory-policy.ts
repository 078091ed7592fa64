// SPDX-License-Identifier: Apache-2.0
import { MEMORY_POLICY_FLAGS, MEMORY_POLICY_MODES, PERSONALITIES } from '../plan/kernel-flags.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { expandCpuList } from '../spec/cpu-list.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedLinux } from '../spec/validated-spec.ts'

/** NUMA placement of what the program and its children will allocate (config-linux.md, Memory policy). */
export function planMemoryPolicy({ memoryPolicy }: Pick<ValidatedLinux, 'memoryPolicy'>, plan: PlanBuilder): void {
  if (memoryPolicy === undefined) return
  const flags = memoryPolicy.flags ?? []
  const mode = flags.reduce<number>(
    (bits, flag) => bits | MEMORY_POLICY_FLAGS[flag],
    MEMORY_POLICY_MODES[memoryPolicy.mode],
  )
  const nodes = expandCpuList(memoryPolicy.nodes ?? '')
  plan.append('seal', { op: 'set_memory_policy', mode, nodes }, { pointer: pointer('linux', 'memoryPolicy') })
}

/** What uname(2) says and how addresses are laid out (config-linux.md, Personality). */
export function planPersonality({ personality }: Pick<ValidatedLinux, 'personality'>, plan: PlanBuilder): void {
  if (personality === undefined) return
  const step = { op: 'set_personality', domain: PERSONALITIES[personality.domain] } as const
  plan.append('seal', step, { pointer: pointer('linux', 'personality') })
}
