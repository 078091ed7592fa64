// SPDX-License-Identifier: Apache-2.0
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedProcess } from '../spec/validated-spec.ts'

/**
 * What the security modules shall make of the program once it is executed: AppArmor by its own attribute (Linux 5.8),
 * SELinux by the first one. Needs the rights that the runtime still has, and comes before no_new_privs, under which
 * neither changes to a profile that allows more.
 */
export function planProgramLabels(
  { apparmorProfile, selinuxLabel }: ValidatedProcess,
  phase: 'born' | 'seal',
  plan: PlanBuilder,
): void {
  if (apparmorProfile !== undefined) {
    const label = { attribute: 'apparmor/exec', label: `exec ${apparmorProfile}` }
    plan.append(phase, { op: 'write_label', ...label }, { pointer: pointer('process', 'apparmorProfile') })
  }
  if (selinuxLabel !== undefined) {
    const origin = { pointer: pointer('process', 'selinuxLabel') }
    plan.append(phase, { op: 'write_label', attribute: 'exec', label: selinuxLabel }, origin)
  }
}

/** Gives the keys that `plan` makes the label of the program, for the time of that alone. */
export function planLabelledKeys(process: ValidatedProcess | undefined, plan: PlanBuilder, planKeys: () => void): void {
  const label = process?.selinuxLabel
  const origin = { pointer: pointer('process', 'selinuxLabel') }
  if (label !== undefined) plan.append('born', { op: 'write_label', attribute: 'keycreate', label }, origin)
  planKeys()
  // An empty line takes the label back (proc_pid_attr(5)).
  if (label !== undefined) plan.append('born', { op: 'write_label', attribute: 'keycreate', label: '\n' }, origin)
}
