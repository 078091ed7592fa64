// SPDX-License-Identifier: Apache-2.0
import {
  enterResctrl,
  makeResctrl,
  prepareResctrl,
  type ResctrlRecord,
  removeResctrl,
} from '../rdt/host-resctrl-group.ts'
import { findResctrl } from '../rdt/host-resctrl-mount.ts'
import { planResctrlGroup } from '../rdt/plan-resctrl-group.ts'
import type { ResctrlPlan } from '../rdt/resctrl-plan.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'
import type { ContainerRecord } from '../state/container-record.ts'

/** The resctrl groups of a container in the making; `record` is what has to be known before anything is made. */
export interface ContainerResctrl {
  readonly record: ResctrlRecord
  /** Gives what has been made. */
  make(): ResctrlRecord
  enter(pid: number): void
  undo(): void
}

/** Looks for resctrl and checks everything that can be checked; undefined where config.json has no `intelRdt`. */
export function prepareContainerResctrl({ linux }: ValidatedSpec, id: string): ContainerResctrl | undefined {
  return linux.intelRdt && resctrlOf(planResctrlGroup(linux.intelRdt, id), findResctrl())
}

function resctrlOf(plan: ResctrlPlan, mountPoint: string): ContainerResctrl {
  const record = prepareResctrl(plan, mountPoint)
  let made: ResctrlRecord | undefined
  const note = (sofar: ResctrlRecord) => {
    made = sofar
  }
  return {
    record,
    make: () => makeResctrl(plan, record, mountPoint, note),
    enter: (pid) => enterResctrl(record, pid),
    undo: () => made && removeResctrl(made, true),
  }
}

/** Removes the groups of a container that exists, or of one whose `create` did not come to its end. */
export function removeResctrlOf({ rdt, phase }: ContainerRecord): void {
  if (rdt !== undefined) removeResctrl(rdt as ResctrlRecord, phase === 'creating')
}
