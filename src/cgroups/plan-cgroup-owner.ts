// SPDX-License-Identifier: Apache-2.0
import { createsNamespace, hasUserNamespace } from '../spec/queries.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'
import type { CgroupMode } from './cgroup-facts.ts'

/**
 * The uid on the host that the container's cgroup is to belong to: that of its process, where it has a cgroup namespace
 * of its own and its cgroup mounted read-write (config-linux.md, Cgroup ownership). Not on v1, which delegates no cgroup
 * safely. Undefined leaves the owner as it is.
 */
export function planCgroupOwner(spec: ValidatedSpec, mode: CgroupMode): number | undefined {
  if (mode !== 'v2' || !createsNamespace(spec, 'cgroup') || !isMountedWritable(spec)) return undefined
  return uidOnHost(spec, spec.process?.user.uid ?? 0)
}

function isMountedWritable({ mounts }: ValidatedSpec): boolean {
  const mount = mounts.find(
    ({ source, destination }) => source === 'cgroup' && trimmed(destination) === '/sys/fs/cgroup',
  )
  return mount !== undefined && !mount.options.includes('ro')
}

function trimmed(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}

/** Without a user namespace of the container a uid is the host's; in a joined one, config.json does not say whose it is. */
function uidOnHost(spec: ValidatedSpec, uid: number): number | undefined {
  if (!hasUserNamespace(spec)) return uid
  const { uidMappings } = spec.linux
  const range = uidMappings.find(({ containerID, size }) => uid >= containerID && uid < containerID + size)
  return range === undefined ? undefined : range.hostID + (uid - range.containerID)
}
