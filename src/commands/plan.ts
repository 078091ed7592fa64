// SPDX-License-Identifier: Apache-2.0
import { showPlan } from '../launch/show-plan.ts'
import { checkPlan } from '../plan/check-plan.ts'
import { prepareBundle } from './prepare-bundle.ts'
import type { GlobalRequest, PlanRequest } from './requests.ts'

/** The launch plan that `create` would carry out; changes nothing and needs no privilege. */
export function plan(global: GlobalRequest, { bundle, format, noPivot }: PlanRequest): string {
  const request = { id: 'ID', bundle, noPivot, noNewKeyring: false, onlyShown: true }
  const { plan } = prepareBundle(global, request, 'gate')
  // The tests check the plan of every fixture; `create` has no time for it.
  checkPlan(plan)
  return showPlan(plan, format)
}
