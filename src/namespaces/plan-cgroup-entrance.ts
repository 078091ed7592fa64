// SPDX-License-Identifier: Apache-2.0
import { noSlot, type Slot } from '../plan/op.ts'
import { SYNC_POINTS } from '../plan/phases.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'

/** What the container process enters: v1 files to write "0" to, and the v2 directory it is cloned into. */
export interface CgroupEntrance {
  readonly enterFiles: readonly string[]
  readonly cloneInto?: string
  /** The runtime moves the process, as the systemd driver does: it waits for that before it does anything. */
  readonly isMoved?: true
}

const origin = { pointer: pointer('linux', 'cgroupsPath') }

/** Opens the container's cgroups on the host and enters the v1 ones first of all; returns the slot to clone into, if any. */
export function planCgroupEntrance(entrance: CgroupEntrance, plan: PlanBuilder): Slot {
  if (entrance.isMoved) {
    plan.append('attend', { op: 'sync', point: SYNC_POINTS.cgroup }, origin)
    return noSlot
  }
  for (const path of entrance.enterFiles) {
    const slot = openCgroup(path, plan)
    plan.append('born', { op: 'enter_cgroup', slot }, origin)
  }
  return entrance.cloneInto === undefined ? noSlot : openCgroup(entrance.cloneInto, plan)
}

function openCgroup(path: string, plan: PlanBuilder): Slot {
  const slot = plan.slot(path)
  plan.append('keeper', { op: 'open_cgroup', slot, path }, origin)
  return slot
}
