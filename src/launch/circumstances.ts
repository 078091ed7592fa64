// SPDX-License-Identifier: Apache-2.0
import type { BindContext } from '../mounts/plan-bind-mount.ts'
import type { CgroupContext } from '../mounts/plan-cgroup-mount.ts'
import type { RootfsContext } from '../mounts/plan-rootfs.ts'
import { maySetGroups } from '../namespaces/plan-namespaces.ts'
import { capabilityWarnings } from '../process/capability-sets.ts'
import { createsNamespace, hasNamespace, hasUserNamespace } from '../spec/queries.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'
import type { CreateInputs } from './create-inputs.ts'
import type { HostFacts } from './host-facts.ts'

/** What follows from the spec and the host together and decides between one verb and another. */
export interface Circumstances extends BindContext, CgroupContext, RootfsContext {
  readonly setgroups: boolean
  readonly bindsDevices: boolean
  /** Capabilities the container's process can be given, as bits. */
  readonly grantable: bigint
}

export function circumstancesOf({ spec, facts, bundlePath, rootfsPath, cgroup }: CreateInputs): Circumstances {
  const isMapped = hasUserNamespace(spec) || facts.inUserNamespace
  return {
    bundlePath,
    rootfsPath,
    opensSources: hasUserNamespace(spec),
    cgroups: cgroup.placement,
    mountsOwnCgroups: hasNamespace(spec, 'cgroup') && (!isMapped || createsNamespace(spec, 'cgroup')),
    mayMountCgroups: !isMapped || createsNamespace(spec, 'cgroup'),
    setgroups: maySetGroups(spec, facts.euid),
    bindsDevices: isMapped,
    grantable: grantableCapabilities(spec, facts),
  }
}

/** What the container will lack although config.json lists it. */
export function createWarnings(spec: ValidatedSpec, facts: HostFacts): { pointer: string; message: string }[] {
  return spec.process ? capabilityWarnings(spec.process.capabilities, grantableCapabilities(spec, facts)) : []
}

/** In a user namespace of its own a process has every capability the kernel knows (capabilities(7)). */
function grantableCapabilities(spec: ValidatedSpec, facts: HostFacts): bigint {
  return hasUserNamespace(spec) ? (1n << BigInt(facts.lastCapability + 1)) - 1n : facts.capabilities
}
