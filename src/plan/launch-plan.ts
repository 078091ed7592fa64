// SPDX-License-Identifier: Apache-2.0
import type { Op, Slot } from './op.ts'
import type { Phase } from './phases.ts'

/** Where in config.json (an RFC 6901 pointer) or for which reason of runts' own a step comes from. */
export interface Origin {
  readonly pointer?: string
  readonly reason?: string
}

export interface PlannedStep {
  readonly phase: Phase
  readonly op: Op
  readonly origin: Origin
}

/** Ordered steps with no code in them. Steps are sorted by phase; within a phase the order of appending holds. */
export interface LaunchPlan {
  readonly steps: readonly PlannedStep[]
  /** Descriptors the runtime gives to the shim, in the order of their numbers (number-slots.ts). */
  readonly donated: readonly Slot[]
  /** How many descriptors of the runtime's caller, from 3 on, the program gets at the same numbers; 0 when absent. */
  readonly passedOn?: number
}
