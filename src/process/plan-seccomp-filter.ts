// SPDX-License-Identifier: Apache-2.0
import { SYNC_POINTS } from '../plan/phases.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedProcess } from '../spec/validated-spec.ts'

/** A filter that was compiled before: `linux.seccomp` as BPF, with SECCOMP_FILTER_FLAG_* of seccomp(2). */
export interface CompiledFilter {
  readonly filter: Uint8Array
  readonly flags: number
  /** Somebody outside decides about some system calls and gets a descriptor for that. */
  readonly listener: boolean
}

type Filter = CompiledFilter | undefined

/** Without no_new_privs a filter needs CAP_SYS_ADMIN (seccomp(2)), so it is loaded before the capabilities go. */
export function planPrivilegedFilter({ noNewPrivileges }: ValidatedProcess, filter: Filter, plan: PlanBuilder): void {
  if (filter && !noNewPrivileges) planFilter('seal', filter, plan)
}

/** A listener is handed over while `create` or `run` is still there to do it: last of all before they go. */
export function planNotifyingFilter({ noNewPrivileges }: ValidatedProcess, filter: Filter, plan: PlanBuilder): void {
  if (filter?.listener && noNewPrivileges) planFilter('seal', filter, plan)
}

/** With no_new_privs it is loaded as late as possible: the profile need not allow what the setup does. */
export function planLateFilter({ noNewPrivileges }: ValidatedProcess, filter: Filter, plan: PlanBuilder): void {
  if (filter && noNewPrivileges && !filter.listener) planFilter('started', filter, plan)
}

function planFilter(phase: 'seal' | 'started', filter: CompiledFilter, plan: PlanBuilder): void {
  plan.append(phase, { op: 'load_seccomp', ...filter }, { pointer: pointer('linux', 'seccomp') })
  if (!filter.listener) return
  const origin = { pointer: pointer('linux', 'seccomp', 'listenerPath') }
  plan.append('seal', { op: 'sync', point: SYNC_POINTS.seccomp_listener }, origin)
}
