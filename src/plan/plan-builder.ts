// SPDX-License-Identifier: Apache-2.0
import type { LaunchPlan, Origin, PlannedStep } from './launch-plan.ts'
import type { Op, Slot } from './op.ts'
import type { Phase } from './phases.ts'
import { PHASES } from './phases.ts'

/** Collects the steps that planners append, phase by phase. */
export class PlanBuilder {
  readonly #steps: Record<Phase, PlannedStep[]> = {
    keeper: [],
    attend: [],
    born: [],
    setup: [],
    inside: [],
    oversee: [],
    seal: [],
    started: [],
  }
  readonly #donated: Slot[] = []
  readonly #slots = new Set<string>()

  /** Appends a step to a phase; that its verb may run there is checked with the finished plan (check-plan.ts). */
  append(phase: Phase, op: Op, origin: Origin): void {
    this.#steps[phase].push({ phase, op, origin })
  }

  /** A fresh slot for a keeper step to open; the name is for people and is made unique. */
  slot(name: string): Slot {
    let unique = name
    for (let i = 2; this.#slots.has(unique); i++) unique = `${name}#${i}`
    this.#slots.add(unique)
    return unique as Slot
  }

  /** A slot for a descriptor that the runtime gives to the shim. */
  donate(name: string): Slot {
    const slot = this.slot(name)
    this.#donated.push(slot)
    return slot
  }

  build(passedOn = 0): LaunchPlan {
    const steps: PlannedStep[] = []
    for (const phase of PHASES) steps.push(...this.#steps[phase])
    return { steps, donated: this.#donated, ...(passedOn > 0 ? { passedOn } : {}) }
  }
}
