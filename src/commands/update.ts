// SPDX-License-Identifier: Apache-2.0
import { updateLimits } from '../cgroups/host-update-limits.ts'
import { type LimitsInForce, mergeLimits } from '../cgroups/limits-in-force.ts'
import type { CgroupPlacement } from '../cgroups/place-cgroup.ts'
import { planLimits } from '../cgroups/plan-resources.ts'
import { findUnsupportedResources } from '../cgroups/unsupported-resources.ts'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError, type SpecIssue } from '../errors/runtime-error.ts'
import type { ResctrlRecord } from '../rdt/host-resctrl-group.ts'
import { locateResctrl } from '../rdt/host-resctrl-mount.ts'
import { updateSchemata } from '../rdt/host-update-schemata.ts'
import { findResourceIssues } from '../spec/validate-spec.ts'
import type { ValidatedResources } from '../spec/validated-spec.ts'
import { type ContainerRecord, loadRecord, writeRecord } from '../state/container-record.ts'
import { type AskedResources, askedResources } from './asked-resources.ts'
import { statusOf, withContainerLock } from './container-access.ts'
import type { GlobalRequest, UpdateRequest } from './requests.ts'

/**
 * Changes limits of a container that is alive, all of them or none; its devices stay as they are. Everything that can
 * be found wrong without touching the container is found first.
 */
export function update(global: GlobalRequest, request: UpdateRequest): void {
  loadRecord(global.root, request.id)
  const asked = askedResources(request, global.log)
  for (const flag of request.obsolete) global.log.warn(`--${flag} is obsolete and has no effect`)
  withContainerLock(global, request.id, (directory) => {
    const record = loadRecord(global.root, request.id)
    const status = statusOf(record, directory)
    if (status === 'stopped' || status === 'creating') {
      throw new RuntimeError('CONTAINER_STATUS', RUNC_PHRASES.containerNotRunning)
    }
    applyUpdate(request, asked, record, (after) => writeRecord(directory, after))
  })
}

/** The record is part of the whole: when it cannot be written, the limits come back. */
function applyUpdate(
  request: UpdateRequest,
  asked: AskedResources,
  record: ContainerRecord,
  save: (after: ContainerRecord) => void,
): void {
  const { limits = {}, cgroup = NO_CGROUP } = record
  const placement = cgroup as CgroupPlacement
  const { resources, inForce } = mergeLimits(limits as LimitsInForce, asked.resources, asked.endsCheck)
  asked.refuse([...findResourceIssues(resources), ...unsupported(resources, placement)])
  const changed: (() => void)[] = []
  try {
    const writes = planLimits(resources, placement.mode)
    changed.push(asked.explain(() => updateLimits(placement, { resources, writes })))
    if (changesSchemata(request))
      changed.push(updateSchemata(record.rdt as ResctrlRecord | undefined, request, locateResctrl()))
    save({ ...record, limits: inForce })
  } catch (error) {
    for (const takeBack of changed.reverse()) takeBack()
    throw error
  }
}

function changesSchemata({ l3CacheSchema, memBwSchema }: UpdateRequest): boolean {
  return l3CacheSchema !== undefined || memBwSchema !== undefined
}

/** Of a container whose record names no cgroups: no limit can be set. */
const NO_CGROUP: CgroupPlacement = { mode: 'v1', hierarchies: [] }

/** What this host's cgroups cannot express, with pointers like those of all other issues. */
function unsupported(resources: ValidatedResources, { mode }: CgroupPlacement): SpecIssue[] {
  return findUnsupportedResources(resources, mode).map((issue) => ({
    ...issue,
    pointer: issue.pointer.slice('/linux/resources'.length),
  }))
}
