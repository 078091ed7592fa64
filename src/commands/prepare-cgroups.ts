// SPDX-License-Identifier: Apache-2.0
import type { CgroupFacts } from '../cgroups/cgroup-facts.ts'
import { readCgroupFacts } from '../cgroups/host-cgroup-facts.ts'
import { unclaimed } from '../cgroups/host-claim.ts'
import { mayMakeCgroup } from '../cgroups/host-may-make-cgroup.ts'
import { noteMissingParents } from '../cgroups/host-missing-parents.ts'
import { type CgroupPlacement, placeCgroup } from '../cgroups/place-cgroup.ts'
import { planCgroupOwner } from '../cgroups/plan-cgroup-owner.ts'
import { forbiddenLimit, viewOf, withoutForbidden } from '../cgroups/plan-permitted-cgroups.ts'
import { planLimits, planResources } from '../cgroups/plan-resources.ts'
import type { ResourcePlan } from '../cgroups/resource-write.ts'
import type { UnitProperty } from '../cgroups/systemd/unit-property.ts'
import { findUnsupportedResources } from '../cgroups/unsupported-resources.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import type { ValidatedResources, ValidatedSpec } from '../spec/validated-spec.ts'
import type { CgroupRights } from './cgroup-rights.ts'
import { prepareUnit } from './prepare-unit.ts'

/** A container's cgroups with everything decided and nothing made. */
export interface PreparedCgroups {
  readonly placement: CgroupPlacement
  /** What the container sees of them, those it shares with its maker included. */
  readonly view: CgroupPlacement
  readonly resourcePlan: ResourcePlan
  /** The uid on the host that the cgroups are given to, where they are. */
  readonly owner?: number
  /** Of the unit that systemd makes, with the systemd driver. */
  readonly unitProperties?: readonly UnitProperty[]
}

/** Where the cgroups of a container will be and what is written to them. Refuses limits that cannot be set. */
export function prepareCgroups(spec: ValidatedSpec, id: string, rights: CgroupRights): PreparedCgroups {
  const { resources, cgroupsPath } = spec.linux
  const facts = readCgroupFacts()
  refuseUnsupported(resources, facts)
  const resourcePlan = planOf(resources, facts, rights)
  const owner = rights.mayChown ? planCgroupOwner(spec, facts.mode) : undefined
  const plans = { resourcePlan, ...(owner === undefined ? {} : { owner }) }
  if (rights.driver === 'systemd') {
    const { placement, properties } = prepareUnit(spec, id, facts, rights)
    return { placement, view: placement, ...plans, unitProperties: properties }
  }
  const placement = placeCgroup(cgroupsPath, id, facts)
  if (!rights.isRootless || cgroupsPath) {
    return { placement: unclaimed(noteMissingParents(placement)), view: placement, ...plans }
  }
  const permitted = withoutForbidden(placement, mayMakeCgroup)
  const refused = forbiddenLimit(resources, permitted)
  if (refused) rights.refuse(refused)
  return { placement: unclaimed(noteMissingParents(permitted)), view: viewOf(placement, permitted, facts), ...plans }
}

/** Outside of the host's root the kernel takes no device rules; but there no device node can be made either. */
function planOf(resources: ValidatedResources, facts: CgroupFacts, rights: CgroupRights): ResourcePlan {
  if (rights.isHostRoot || !rights.isRootless) return planResources(resources, facts)
  return { writes: planLimits(resources, facts.mode) }
}

/** Limits that this host's cgroups cannot express (config-linux.md, Control groups). */
function refuseUnsupported(resources: ValidatedResources, { mode }: CgroupFacts): void {
  const issues = findUnsupportedResources(resources, mode)
  const [first] = issues
  if (first === undefined) return
  throw new RuntimeError('SPEC_UNSUPPORTED', `unsupported config.json: ${first.pointer}: ${first.message}`, {
    pointer: first.pointer,
    issues,
  })
}
