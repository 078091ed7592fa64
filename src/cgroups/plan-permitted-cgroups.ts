// SPDX-License-Identifier: Apache-2.0
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import type { ValidatedResources } from '../spec/validated-spec.ts'
import type { CgroupFacts } from './cgroup-facts.ts'
import type { CgroupPlacement, PlacedCgroup } from './place-cgroup.ts'
import { placedCgroups } from './place-cgroup.ts'
import { planLimits } from './plan-resources.ts'
import type { ResourceWrite } from './resource-write.ts'

/** The placement without the hierarchies in which this user may make no cgroup: there the container stays where its maker is. */
export function withoutForbidden(
  placement: CgroupPlacement,
  isPermitted: (cgroup: PlacedCgroup) => boolean,
): CgroupPlacement {
  const { unified, hierarchies, ...rest } = placement
  const kept = { ...rest, hierarchies: hierarchies.filter(isPermitted) }
  return unified !== undefined && isPermitted(unified) ? { ...kept, unified } : kept
}

/** How the container sees its cgroups: in a hierarchy without one of its own, that of its maker. */
export function viewOf(placement: CgroupPlacement, permitted: CgroupPlacement, facts: CgroupFacts): CgroupPlacement {
  const kept = new Set(placedCgroups(permitted).map(({ directory }) => directory))
  const own = new Map([...facts.hierarchies, ...(facts.unified ? [facts.unified] : [])].map(ownDirectory))
  const seen = (cgroup: PlacedCgroup): PlacedCgroup =>
    kept.has(cgroup.directory) ? cgroup : { ...cgroup, directory: own.get(cgroup.mountpoint) ?? cgroup.directory }
  const { unified, hierarchies } = placement
  return { ...placement, hierarchies: hierarchies.map(seen), ...(unified ? { unified: seen(unified) } : {}) }
}

function ownDirectory({ mountpoint, ownPath }: { mountpoint: string; ownPath: string }): [string, string] {
  return [mountpoint, ownPath === '/' || ownPath.startsWith('/..') ? mountpoint : mountpoint + ownPath]
}

/**
 * The first limit of `linux.resources` that cannot be set because its cgroup may not be made, as runc words it: limits
 * are never dropped, only a container without limits may go without a cgroup.
 */
export function forbiddenLimit(resources: ValidatedResources, permitted: CgroupPlacement): RuntimeError | undefined {
  const { mode, hierarchies, unified } = permitted
  const isPermitted = ({ controller }: ResourceWrite) =>
    mode === 'v2' ? unified !== undefined : hierarchies.some(({ controllers }) => controllers.includes(controller))
  const write = planLimits(resources, mode).find((each) => !isPermitted(each))
  if (write === undefined) return undefined
  const message =
    mode === 'v2'
      ? RUNC_PHRASES.rootlessLimits
      : `cannot set ${write.controller} limit: container could not join or create cgroup`
  return new RuntimeError('CGROUP_FAILED', message, {
    ...(write.pointer ? { pointer: write.pointer } : {}),
    hint: 'have a cgroup delegated to this user (systemd-run --user --scope), or remove the limit',
  })
}
