// SPDX-License-Identifier: Apache-2.0
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedProcess } from '../spec/validated-spec.ts'
import type { CapabilitySets } from './capability-sets.ts'

/** The umask of a process whose `user.umask` is not set, as in runc. */
const DEFAULT_UMASK = 0o022

export function planUmask({ user }: ValidatedProcess, plan: PlanBuilder): void {
  const origin =
    user.umask === undefined ? { reason: 'default umask' } : { pointer: pointer('process', 'user', 'umask') }
  plan.append('seal', { op: 'set_umask', mask: user.umask ?? DEFAULT_UMASK }, origin)
}

/** Needs CAP_CHOWN, so it comes before the capabilities go. */
export function planStdioOwner({ user }: ValidatedProcess, plan: PlanBuilder): void {
  plan.append('seal', { op: 'own_stdio', uid: user.uid }, { pointer: pointer('process', 'user', 'uid') })
}

/** Needs CAP_SETPCAP, so it comes before the effective set is replaced. */
export function planBoundingSet({ bounding }: CapabilitySets, plan: PlanBuilder): void {
  const origin = { pointer: pointer('process', 'capabilities', 'bounding') }
  plan.append('seal', { op: 'limit_bounding_set', keep: bounding }, origin)
}

export function planNoNewPrivileges({ noNewPrivileges }: ValidatedProcess, plan: PlanBuilder): void {
  if (!noNewPrivileges) return
  plan.append('seal', { op: 'set_no_new_privileges' }, { pointer: pointer('process', 'noNewPrivileges') })
}

/** The groups are exactly `additionalGids`: none of the caller's own stays (CVE-2022-36109, CVE-2022-2995). */
export function planUser({ user }: ValidatedProcess, setgroups: boolean, plan: PlanBuilder): void {
  const ids = { uid: user.uid, gid: user.gid, groups: withoutRepeated(user.additionalGids), setgroups }
  plan.append('seal', { op: 'set_user', ...ids }, { pointer: pointer('process', 'user') })
}

/** Engines repeat a group that the user is in and that is asked for, and setgroups(2) would keep both. */
function withoutRepeated(groups: readonly number[]): readonly number[] {
  return groups.filter((group, index) => groups.indexOf(group) === index)
}

export function planCapabilities(sets: CapabilitySets, plan: PlanBuilder): void {
  const { effective, permitted, inheritable, ambient } = sets
  const origin = { pointer: pointer('process', 'capabilities') }
  plan.append('seal', { op: 'set_capabilities', effective, permitted, inheritable, ambient }, origin)
}
