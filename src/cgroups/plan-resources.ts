// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import type { ValidatedResources } from '../spec/validated-spec.ts'
import type { CgroupFacts, CgroupMode } from './cgroup-facts.ts'
import { type DeviceAccess, resolveDeviceAccess } from './device-access.ts'
import type { ResourcePlan, ResourceWrite } from './resource-write.ts'
import { planDeviceWrites } from './v1/device-writes.ts'
import { planV1Limits } from './v1/resource-writes.ts'
import { compileDeviceFilter } from './v2/device-filter.ts'
import { planV2Limits } from './v2/resource-writes.ts'

/**
 * All of `linux.resources` for the cgroups of this host. Device access is always part of it, as deny-all first, whether
 * there are resources or not. Throws CGROUP_FAILED on a host that cannot restrict devices.
 */
export function planResources(resources: ValidatedResources, facts: CgroupFacts): ResourcePlan {
  const access = resolveDeviceAccess(resources.devices)
  const limits = planLimits(resources, facts.mode)
  if (facts.hierarchies.some(({ controllers }) => controllers.includes('devices'))) {
    return { writes: [...planDeviceWrites(access), ...limits] }
  }
  if (isUnrestricted(access)) return { writes: limits }
  if (facts.unified !== undefined) return { writes: limits, deviceFilter: compileDeviceFilter(access) }
  throw new RuntimeError('CGROUP_FAILED', 'cannot restrict devices: no devices cgroup and no cgroup v2 on this host', {
    pointer: '/linux/resources/devices',
    hint: 'mount the devices controller or the unified hierarchy',
  })
}

/** The limits alone, without device access: what `update` changes. */
export function planLimits(resources: ValidatedResources, mode: CgroupMode): ResourceWrite[] {
  return mode === 'v2' ? planV2Limits(resources) : planV1Limits(resources)
}

function isUnrestricted({ allowByDefault, exceptions }: DeviceAccess): boolean {
  return allowByDefault && exceptions.length === 0
}
