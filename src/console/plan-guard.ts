// SPDX-License-Identifier: Apache-2.0
import type { PlanBuilder } from '../plan/plan-builder.ts'
import type { ChangedTerminal } from './terminal-guard.ts'

const origin = { reason: 'modes of the terminal of the caller' }

/** All that a guard does: its plan makes no container. The terminal is the only descriptor that it is given. */
export function planGuard({ changed, saved }: Omit<ChangedTerminal, 'fd'>, plan: PlanBuilder): void {
  const terminal = plan.donate('terminal of the caller')
  plan.append('keeper', { op: 'guard_terminal', terminal, changed, saved }, origin)
}
