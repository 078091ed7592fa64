// SPDX-License-Identifier: Apache-2.0
import { updateLimits } from '../cgroups/host-update-limits.ts'
import { type LimitsInForce, mergeLimits } from '../cgroups/limits-in-force.ts'
import type { CgroupPlacement } from '../cgroups/place-cgroup.ts'
import { planLimits } from '../cgroups/plan-resources.ts'
import { findUnsupportedResources } from '../cgroups/unsupported-resources.ts'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError, type SpecIssue } from '../errors/runtime-error.ts'
import { Undo } from '../launch/undo.ts'
import type { ResctrlRecord } from '../rdt/host-resctrl-group.ts'
import { locateResctrl } from '../rdt/host-resctrl-mount.ts'
import { updateSchemata } from '../rdt/host-update-schemata.ts'
import { findResourceIssues } from '../spec/validate-spec.ts'
import type { ValidatedResources } from '../spec/validated-spec.ts'
import { type ContainerRecord, loadRecord, writeRecord } from '../state/container-record.ts'
import { type AskedResources, askedResources } from './asked-resources.ts'
import { statusOf, withContainerLock } from './container-access.ts'
import { placementOf } from './container-cgroup.ts'
import type { GlobalRequest, UpdateRequest } from './requests.ts'

/**
 * Changes limits of a container that is alive, all of them or none; its devices stay as they are. Everything that can
 * be found wrong without touching the container is found first.
 */
export function update(global: GlobalRequest, request: UpdateRequest): void {
  const placement = placementOf(loadRecord(global.root, request.id))
  const asked = askedResources(request, global.log, (resources) => unsupported(resources, placement))
  for (const flag of request.obsolete) global.log.warn(`--${flag} is obsolete and has no effect`)
  withContainerLock(global, request.id, (directory) => {
    const record = loadAlive(global, request.id, directory)
    const undo = new Undo()
    try {
      const limits = applyLimits(asked, record, undo)
      applySchemata(request, record, undo)
      writeRecord(directory, { ...record, limits })
    } catch (error) {
      undo.run(global.log)
      throw error
    }
  })
}

function loadAlive(global: GlobalRequest, id: string, directory: string): ContainerRecord {
  const record = loadRecord(global.root, id)
  const status = statusOf(record, directory)
  if (status !== 'stopped' && status !== 'creating') return record
  throw new RuntimeError('CONTAINER_STATUS', RUNC_PHRASES.containerNotRunning)
}

/** Returns what is in force afterwards. */
function applyLimits(asked: AskedResources, record: ContainerRecord, undo: Undo): LimitsInForce {
  const placement = placementOf(record)
  const { resources, inForce } = mergeLimits((record.limits ?? {}) as LimitsInForce, asked.resources, asked.endsCheck)
  asked.refuse([...findResourceIssues(resources), ...unsupported(resources, placement)])
  const writes = planLimits(resources, placement.mode)
  undo.push(
    'the limits',
    asked.explain(() => updateLimits(placement, { resources, writes })),
  )
  return inForce
}

function applySchemata(change: UpdateRequest, { rdt }: ContainerRecord, undo: Undo): void {
  if (change.l3CacheSchema === undefined && change.memBwSchema === undefined) return
  undo.push('the schemata', updateSchemata(rdt as ResctrlRecord | undefined, change, locateResctrl()))
}

/** What this host's cgroups cannot express, with pointers like those of all other issues. */
function unsupported(resources: ValidatedResources, { mode }: CgroupPlacement): SpecIssue[] {
  return findUnsupportedResources(resources, mode).map((issue) => ({
    ...issue,
    pointer: issue.pointer.slice('/linux/resources'.length),
  }))
}
