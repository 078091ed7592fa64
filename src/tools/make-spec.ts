// SPDX-License-Identifier: Apache-2.0
import type { Linux, Process, Spec } from '@opencontainers/runtime-spec-types'
import type { Op } from '../plan/op.ts'
import type { Phase } from '../plan/phases.ts'
import { PlanBuilder } from '../plan/plan-builder.ts'
import { validateSpec } from '../spec/validate-spec.ts'
import type { ValidatedProcess, ValidatedSpec } from '../spec/validated-spec.ts'

/** A small valid config for tests of planners, with the given sections in place of its own. */
export function makeSpec(changes: Partial<Spec> = {}): ValidatedSpec {
  const minimal: Spec = {
    ociVersion: '1.3.0',
    root: { path: 'rootfs' },
    process: { user: { uid: 0, gid: 0 }, args: ['true'], cwd: '/', env: ['PATH=/bin'] },
    linux: { namespaces: [{ type: 'mount' }, { type: 'pid' }] },
  }
  return validateSpec({ ...minimal, ...changes }).spec
}

export function makeLinuxSpec(linux: Linux): ValidatedSpec {
  return makeSpec({ linux })
}

export function makeProcess(changes: Partial<Process> = {}): ValidatedProcess {
  const process = { user: { uid: 0, gid: 0 }, args: ['true'], cwd: '/', env: ['PATH=/bin'], ...changes }
  return makeSpec({ process }).process as ValidatedProcess
}

/** What a planner appends, without origins: [phase, op] pairs in the order of the plan. */
export function stepsOf(planner: (plan: PlanBuilder) => void): [Phase, Op][] {
  const plan = new PlanBuilder()
  planner(plan)
  return plan.build().steps.map(({ phase, op }) => [phase, op])
}

/** Where the steps of a planner say they come from. */
export function originsOf(planner: (plan: PlanBuilder) => void): string[] {
  const plan = new PlanBuilder()
  planner(plan)
  return plan.build().steps.map(({ origin }) => origin.pointer ?? `(${origin.reason})`)
}
