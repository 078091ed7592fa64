// SPDX-License-Identifier: Apache-2.0
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedProcess } from '../spec/validated-spec.ts'

/** A filter that was compiled before: `linux.seccomp` as BPF, with SECCOMP_FILTER_FLAG_* of seccomp(2). */
export interface CompiledFilter {
  readonly filter: Uint8Array
  readonly flags: number
  readonly listener: boolean
}

const origin = { pointer: pointer('linux', 'seccomp') }

/** Without no_new_privs a filter needs CAP_SYS_ADMIN (seccomp(2)), so it is loaded before the capabilities go. */
export function planPrivilegedFilter(
  process: ValidatedProcess,
  filter: CompiledFilter | undefined,
  plan: PlanBuilder,
): void {
  if (filter && !process.noNewPrivileges) plan.append('seal', { op: 'load_seccomp', ...filter }, origin)
}

/** With no_new_privs it is loaded as late as possible: the profile need not allow what the setup does. */
export function planLateFilter(process: ValidatedProcess, filter: CompiledFilter | undefined, plan: PlanBuilder): void {
  if (filter && process.noNewPrivileges) plan.append('started', { op: 'load_seccomp', ...filter }, origin)
}
