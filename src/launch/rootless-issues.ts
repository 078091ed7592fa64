// SPDX-License-Identifier: Apache-2.0
import { RUNC_PHRASES, unmappedMountOption } from '../errors/runc-phrases.ts'
import type { SpecIssue } from '../errors/runtime-error.ts'
import { pointer } from '../spec/json-pointer.ts'
import { createsUserNamespace, hasUserNamespace, mapsIds } from '../spec/queries.ts'
import type { ValidatedIDMapping, ValidatedSpec } from '../spec/validated-spec.ts'
import { maySetGroups } from './circumstances.ts'
import { CAP, type HostFacts, hasCapability } from './host-facts.ts'

/** What runc refuses an ordinary user, in its words. The kernel would refuse it too, but later and with less to say. */
export function rootlessIssues(spec: ValidatedSpec, facts: HostFacts): SpecIssue[] {
  const issues: SpecIssue[] = []
  const report = (code: string, at: string, message: string) => issues.push({ code, pointer: at, message })
  if (!hasUserNamespace(spec)) {
    report('ROOTLESS_USER_NAMESPACE', pointer('linux', 'namespaces'), RUNC_PHRASES.rootlessUserNamespace)
  }
  if (Object.keys(spec.linux.netDevices).length > 0) {
    report('ROOTLESS_NET_DEVICES', pointer('linux', 'netDevices'), RUNC_PHRASES.rootlessNetDevices)
  }
  if (createsUserNamespace(spec)) reportUnmappedOptions(spec, report)
  if (!hasCapability(facts.capabilities, CAP.SYS_ADMIN)) reportMappedMounts(spec, report)
  if (spec.process && spec.process.user.additionalGids.length > 0 && !maySetGroups(spec, facts)) {
    report('ROOTLESS_GROUPS', pointer('process', 'user', 'additionalGids'), RUNC_PHRASES.rootlessGroups)
  }
  return issues
}

type Report = (code: string, at: string, message: string) => void

function reportUnmappedOptions({ mounts, linux }: ValidatedSpec, report: Report): void {
  mounts.forEach(({ options }, i) => {
    options.forEach((option, j) => {
      const [, kind, id] = /^(uid|gid)=(\d+)$/.exec(option) ?? []
      if (kind !== 'uid' && kind !== 'gid') return
      if (isMapped(linux[`${kind}Mappings`], Number(id))) return
      report('ROOTLESS_MOUNT_OPTION', pointer('mounts', i, 'options', j), unmappedMountOption(kind))
    })
  })
}

/** mount_setattr(2) maps ids only for who has CAP_SYS_ADMIN over the filesystem. */
function reportMappedMounts({ mounts }: ValidatedSpec, report: Report): void {
  mounts.forEach((mount, i) => {
    if (mapsIds(mount)) report('ROOTLESS_IDMAP', pointer('mounts', i), RUNC_PHRASES.rootlessIdmap)
  })
}

function isMapped(mappings: readonly ValidatedIDMapping[], id: number): boolean {
  return mappings.some(({ containerID, size }) => id >= containerID && id < containerID + size)
}
