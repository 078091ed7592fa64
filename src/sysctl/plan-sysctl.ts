// SPDX-License-Identifier: Apache-2.0
// This room owns kernel parameters of the container's namespaces. Which of them are allowed is the rules' business.
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import { sysctlComponents } from '../spec/sysctl-name.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'

export function planSysctl(spec: ValidatedSpec, plan: PlanBuilder): void {
  for (const [name, value] of Object.entries(spec.linux.sysctl)) {
    const key = sysctlComponents(name).join('/')
    plan.append('inside', { op: 'write_sysctl', key, value }, { pointer: pointer('linux', 'sysctl', name) })
  }
}
