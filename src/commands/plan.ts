// SPDX-License-Identifier: Apache-2.0
import { showPlan } from '../launch/show-plan.ts'
import { prepareBundle } from './prepare-bundle.ts'
import type { GlobalRequest, PlanRequest } from './requests.ts'

/** The launch plan that `create` would carry out; changes nothing and needs no privilege. */
export function plan(global: GlobalRequest, { bundle, format, noPivot }: PlanRequest): string {
  return showPlan(
    prepareBundle(global, { id: 'ID', bundle, noPivot, noNewKeyring: false, onlyShown: true }, 'gate').plan,
    format,
  )
}
