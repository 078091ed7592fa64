// SPDX-License-Identifier: Apache-2.0
import type { BindContext } from '../mounts/plan-bind-mount.ts'
import type { CgroupContext } from '../mounts/plan-cgroup-mount.ts'
import type { RootfsContext } from '../mounts/plan-rootfs.ts'
import { gidMapWriter, type MapRights } from '../namespaces/id-map-writers.ts'
import { capabilityWarnings } from '../process/capability-sets.ts'
import { createsNamespace, hasNamespace, hasUserNamespace } from '../spec/queries.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'
import type { CreateInputs } from './create-inputs.ts'
import { CAP, type HostFacts, hasCapability } from './host-facts.ts'

/** What follows from the spec and the host together and decides between one verb and another. */
export interface Circumstances extends BindContext, CgroupContext, RootfsContext {
  /** The container's process may call setgroups(2): not where an unprivileged user maps only itself (user_namespaces(7)). */
  readonly setgroups: boolean
  readonly mapRights: MapRights
  readonly bindsDevices: boolean
  /** Capabilities the container's process can be given, as bits. */
  readonly grantable: bigint
}

export function circumstancesOf({
  spec,
  facts,
  bundlePath,
  rootfsPath,
  cgroup,
  notifyDirectory,
}: CreateInputs): Circumstances {
  const isMapped = hasUserNamespace(spec) || facts.inUserNamespace
  return {
    bundlePath,
    rootfsPath,
    opensSources: hasUserNamespace(spec) && facts.mayCloneMounts,
    cgroups: cgroup.placement,
    mountsOwnCgroups: hasNamespace(spec, 'cgroup') && (!isMapped || createsNamespace(spec, 'cgroup')),
    setgroups: maySetGroups(spec, facts),
    mapRights: mapRightsOf(facts),
    bindsDevices: isMapped,
    ...(notifyDirectory !== undefined && { notifyDirectory }),
    grantable: grantableCapabilities(hasUserNamespace(spec), facts),
  }
}

export function mapRightsOf({ euid, egid, capabilities }: HostFacts): MapRights {
  const mapsAnyUid = hasCapability(capabilities, CAP.SETUID)
  return { euid, egid, mapsAnyUid, mapsAnyGid: hasCapability(capabilities, CAP.SETGID) }
}

/** In a joined user namespace only the kernel can tell, and the shim asks it. */
export function maySetGroups(spec: ValidatedSpec, facts: HostFacts): boolean {
  if (facts.deniesSetgroups) return false
  if (!createsNamespace(spec, 'user')) return true
  const rights = mapRightsOf(facts)
  return rights.mapsAnyGid || gidMapWriter(spec, rights) === 'program'
}

/** What the container will lack although config.json lists it. */
export function createWarnings(spec: ValidatedSpec, facts: HostFacts): { pointer: string; message: string }[] {
  return spec.process
    ? capabilityWarnings(spec.process.capabilities, grantableCapabilities(hasUserNamespace(spec), facts))
    : []
}

/** In a user namespace of its own a process has every capability the kernel knows (capabilities(7)). */
export function grantableCapabilities(isMapped: boolean, facts: HostFacts): bigint {
  return isMapped ? (1n << BigInt(facts.lastCapability + 1)) - 1n : facts.capabilities
}
