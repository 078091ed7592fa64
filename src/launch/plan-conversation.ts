// SPDX-License-Identifier: Apache-2.0

import { SYNC_POINTS } from '../plan/phases.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'

/** The container is a session of its own: signals from the caller's terminal do not reach it. */
export function planNewSession(plan: PlanBuilder): void {
  plan.append('born', { op: 'new_session' }, { reason: 'a session of its own' })
}

/** prestart and createRuntime hooks run on the host while the container's process waits, before the root is entered. */
export function planRuntimeHooks({ hooks }: ValidatedSpec, plan: PlanBuilder): void {
  const name = (['prestart', 'createRuntime'] as const).find((hook) => hooks[hook].length > 0)
  if (name === undefined) return
  plan.append('setup', { op: 'sync', point: SYNC_POINTS.runtime_hooks }, { pointer: pointer('hooks', name) })
}

export function planReady(plan: PlanBuilder): void {
  plan.append('seal', { op: 'sync', point: SYNC_POINTS.ready }, { reason: 'created' })
}

export function planAwaitStart(plan: PlanBuilder): void {
  plan.append('started', { op: 'await_start', listener: plan.donate('start socket') }, { reason: 'start' })
}
