// SPDX-License-Identifier: Apache-2.0
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'

export function planHostname(spec: ValidatedSpec, plan: PlanBuilder): void {
  if (spec.hostname)
    plan.append('inside', { op: 'set_hostname', name: spec.hostname }, { pointer: pointer('hostname') })
  if (spec.domainname) {
    plan.append('inside', { op: 'set_domainname', name: spec.domainname }, { pointer: pointer('domainname') })
  }
}
