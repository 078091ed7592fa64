// SPDX-License-Identifier: Apache-2.0
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import type { SpecIssue } from '../errors/runtime-error.ts'
import { readSecurityModules, type SecurityModules } from '../process/host-security-modules.ts'
import { pointer } from '../spec/json-pointer.ts'
import { showValue } from '../spec/show-value.ts'
import type { ValidatedLinux, ValidatedProcess } from '../spec/validated-spec.ts'

/** What asks for labels. */
export interface Labelled {
  readonly process?: ValidatedProcess
  readonly linux: Pick<ValidatedLinux, 'mountLabel'>
}

/** The SELinux labels that config.json asks for, each with its place. */
export function selinuxLabels({ process, linux }: Labelled): { at: string; label: string }[] {
  return [
    { at: pointer('process', 'selinuxLabel'), label: process?.selinuxLabel },
    { at: pointer('linux', 'mountLabel'), label: linux.mountLabel },
  ].filter((each): each is { at: string; label: string } => each.label !== undefined)
}

/** The host is asked only where config.json wants labels. */
export function labelIssuesOnHost(spec: Labelled): SpecIssue[] {
  const labels = selinuxLabels(spec)
  if (labels.length === 0 && spec.process?.apparmorProfile === undefined) return []
  return labelIssues(spec, readSecurityModules(labels.map(({ label }) => label)))
}

/** Labels that this host cannot give: known before anything is made, where the kernel would tell in the middle. */
export function labelIssues(spec: Labelled, modules: SecurityModules): SpecIssue[] {
  return [...apparmorIssues(spec.process?.apparmorProfile, modules), ...selinuxIssues(spec, modules)]
}

function apparmorIssues(profile: string | undefined, { apparmor, apparmorProfiles }: SecurityModules): SpecIssue[] {
  const at = pointer('process', 'apparmorProfile')
  if (profile === undefined) return []
  if (!apparmor) return [{ code: 'APPARMOR_DISABLED', pointer: at, message: RUNC_PHRASES.apparmorDisabled }]
  if (apparmorProfiles === undefined || isBeyondList(profile) || apparmorProfiles.has(profile)) return []
  const message = `the AppArmor profile ${showValue(profile)} is not loaded (see aa-status and apparmor_parser)`
  return [{ code: 'APPARMOR_PROFILE_MISSING', pointer: at, message }]
}

/** No profile, one of another policy namespace, or a stack of profiles: the kernel alone can tell. */
function isBeyondList(profile: string): boolean {
  return profile === 'unconfined' || /^[:&]|\/\/&/.test(profile)
}

function selinuxIssues(spec: Labelled, { selinux, unknownLabels }: SecurityModules): SpecIssue[] {
  return selinuxLabels(spec).flatMap(({ at, label }) => {
    if (!selinux) return [{ code: 'SELINUX_DISABLED', pointer: at, message: RUNC_PHRASES.selinuxDisabled }]
    if (!unknownLabels.has(label)) return []
    const message = `the SELinux policy of this host does not know the label ${showValue(label)}`
    return [{ code: 'SELINUX_LABEL_UNKNOWN', pointer: at, message }]
  })
}
