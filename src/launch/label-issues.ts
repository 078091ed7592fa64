// SPDX-License-Identifier: Apache-2.0
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import type { SpecIssue } from '../errors/runtime-error.ts'
import { readSecurityModules, type SecurityModules } from '../process/host-security-modules.ts'
import { pointer } from '../spec/json-pointer.ts'
import { showValue } from '../spec/show-value.ts'
import type { ValidatedLinux, ValidatedProcess, ValidatedSpec } from '../spec/validated-spec.ts'

/** What asks for labels. */
export interface Labelled {
  readonly process?: ValidatedProcess
  readonly linux: Pick<ValidatedLinux, 'mountLabel'>
}

const MOUNT_LABEL = pointer('linux', 'mountLabel')

/** The SELinux labels that config.json asks for, each with its place. */
export function selinuxLabels({ process, linux }: Labelled): { at: string; label: string }[] {
  return [
    { at: pointer('process', 'selinuxLabel'), label: process?.selinuxLabel },
    { at: MOUNT_LABEL, label: linux.mountLabel },
  ].filter((each): each is { at: string; label: string } => each.label !== undefined)
}

/** What this host makes of the labels in config.json. */
export interface LabelFindings {
  /** Labels that it cannot give: known before anything is made, where the kernel would tell in the middle. */
  readonly issues: SpecIssue[]
  /** Labels that are left out. */
  readonly warnings: { pointer: string; message: string }[]
}

/** The host is asked only where config.json wants labels. */
export function labelsOnHost(spec: Labelled): LabelFindings {
  const labels = selinuxLabels(spec)
  if (labels.length === 0 && spec.process?.apparmorProfile === undefined) return { issues: [], warnings: [] }
  return findLabels(spec, readSecurityModules(labels.map(({ label }) => label)))
}

/**
 * A program without the label that should confine it is not run. Files have no label at all where there is no SELinux,
 * and nobody there to look at one: that of the mounts is left out.
 */
export function findLabels(spec: Labelled, modules: SecurityModules): LabelFindings {
  const issues = [...apparmorIssues(spec.process?.apparmorProfile, modules), ...selinuxIssues(spec, modules)]
  if (modules.selinux || spec.linux.mountLabel === undefined) return { issues, warnings: [] }
  const message = `is not applied, because SELinux is disabled or not supported by the kernel: the mounts have no label`
  return { issues, warnings: [{ pointer: MOUNT_LABEL, message }] }
}

/** The spec as its plan is made, without what `findings` warns of. */
export function withoutLabels(spec: ValidatedSpec, { warnings }: LabelFindings): ValidatedSpec {
  if (!warnings.some(({ pointer }) => pointer === MOUNT_LABEL)) return spec
  const { mountLabel: _, ...linux } = spec.linux
  return { ...spec, linux }
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
    if (!selinux && at === MOUNT_LABEL) return []
    if (!selinux) return [{ code: 'SELINUX_DISABLED', pointer: at, message: RUNC_PHRASES.selinuxDisabled }]
    if (!unknownLabels.has(label)) return []
    const message = `the SELinux policy of this host does not know the label ${showValue(label)}`
    return [{ code: 'SELINUX_LABEL_UNKNOWN', pointer: at, message }]
  })
}
