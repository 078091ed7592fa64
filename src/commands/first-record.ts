// SPDX-License-Identifier: Apache-2.0
import { limitsInForce } from '../cgroups/limits-in-force.ts'
import type { CgroupPlacement } from '../cgroups/place-cgroup.ts'
import { createsNamespace, hasNamespace } from '../spec/queries.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { newRecord } from '../state/container-record.ts'
import { identifyProcess } from '../state/process-identity.ts'
import { knownMounts } from '../sys/mounts.ts'
import type { ContainerResctrl } from './container-resctrl.ts'
import type { PreparedBundle } from './prepare-bundle.ts'
import type { CreateRequest } from './requests.ts'

/** The record of a container of which nothing exists yet. */
export function firstRecord(
  request: CreateRequest,
  { spec, bundlePath, rootfsPath }: Pick<PreparedBundle, 'spec' | 'bundlePath' | 'rootfsPath'>,
  placement: CgroupPlacement,
  resctrl: ContainerResctrl | undefined,
): ContainerRecord {
  const limits = limitsInForce(spec.linux.resources)
  return newRecord({
    id: request.id,
    phase: 'creating',
    pid: 0,
    startTime: '0',
    creator: identifyProcess(process.pid) ?? { pid: process.pid, startTime: '0' },
    bundle: bundlePath,
    rootfs: rootfsPath,
    created: rfc3339Nano(),
    ociVersion: spec.ociVersion,
    annotations: spec.annotations,
    cgroup: placement,
    ...(limits ? { limits } : {}),
    ...(resctrl ? { rdt: resctrl.record } : {}),
    hooks: { poststart: spec.hooks.poststart, poststop: spec.hooks.poststop },
    owner: process.geteuid?.() ?? 0,
    ...(hasNamespace(spec, 'mount') ? {} : { mountsBefore: knownMounts(rootfsPath) }),
    ownPidNamespace: createsNamespace(spec, 'pid'),
    ...joinedNamespaces(spec),
    withoutProcess: spec.process === undefined,
    noNewKeyring: request.noNewKeyring,
    ...(spec.process?.execCPUAffinity ? { execCPUAffinity: spec.process.execCPUAffinity } : {}),
  })
}

/** `inspect` tells of them; most containers have none. */
function joinedNamespaces({ linux }: ValidatedSpec): Pick<ContainerRecord, 'joinedNamespaces'> {
  let joined: Record<string, string> | undefined
  for (const { type, path } of linux.namespaces) if (path) joined = { ...joined, [type]: path }
  return joined === undefined ? {} : { joinedNamespaces: joined }
}

/** Now, with the precision of the clock that Node offers; runc prints nanoseconds. */
function rfc3339Nano(): string {
  const now = performance.timeOrigin + performance.now()
  const fraction = Math.floor((now % 1000) * 1e6)
  return `${new Date(now).toISOString().slice(0, 19)}.${String(fraction).padStart(9, '0')}Z`
}
