// SPDX-License-Identifier: Apache-2.0
import { hasUserNamespace, mapsIds } from '../queries.ts'
import type { SettledSpec } from '../validated-spec.ts'
import { deviceRules } from './devices.ts'
import { documentRules } from './document.ts'
import { hookRules } from './hooks.ts'
import { idMappingRules } from './id-mappings.ts'
import { intelRdtRules } from './intel-rdt.ts'
import { linuxPathRules } from './linux-paths.ts'
import { memoryPolicyRules } from './memory-policy.ts'
import { mountMappingRules, mountRules } from './mounts.ts'
import { namespaceRules, timeOffsetRules } from './namespaces.ts'
import { netDeviceRules } from './net-devices.ts'
import { execCPUAffinityRules, processRules } from './process.ts'
import { idleResourcesRules, resourcesRules, swapRules } from './resources.ts'
import { isAbsent, type Rules } from './rule.ts'
import { schedulerRules } from './scheduler.ts'
import { seccompRules } from './seccomp.ts'
import { sysctlRules } from './sysctl.ts'

/** Everything that is asked of a config.json, in the order in which problems are reported. */
export const specRules: readonly Rules[] = [
  documentRules,
  namespaceRules,
  timeOffsetRules,
  idMappingRules,
  processRules,
  execCPUAffinityRules,
  schedulerRules,
  mountRules,
  mountMappingRules,
  hookRules,
  linuxPathRules,
  deviceRules,
  netDeviceRules,
  sysctlRules,
  ...resourcesRules,
  swapRules,
  seccompRules,
  intelRdtRules,
  memoryPolicyRules,
]

/**
 * The tables that can find something in this document: those about a section that it does not have cannot, and a call
 * of each of their rules takes longer than many a system call.
 */
export function rulesFor(spec: SettledSpec): readonly Rules[] {
  const { process, hooks, linux, mounts } = spec
  const idle = idleResourcesRules(linux.resources)
  const areMountsMapped = mounts.some((mount) => mapsIds(mount) || mount.gidMappings.length > 0)
  const mapsIdsOfContainer = linux.uidMappings.length > 0 || linux.gidMappings.length > 0 || hasUserNamespace(spec)
  if (!areMountsMapped) idle.push(mountMappingRules)
  if (!areMountsMapped && !mapsIdsOfContainer) idle.push(idMappingRules)
  if (isAbsent(linux.timeOffsets)) idle.push(timeOffsetRules)
  if (process?.execCPUAffinity === undefined) idle.push(execCPUAffinityRules)
  if (process?.scheduler === undefined) idle.push(schedulerRules)
  if (isAbsent(hooks)) idle.push(hookRules)
  if (linux.devices.length === 0) idle.push(deviceRules)
  if (isAbsent(linux.netDevices)) idle.push(netDeviceRules)
  if (isAbsent(linux.sysctl)) idle.push(sysctlRules)
  if (linux.seccomp === undefined) idle.push(seccompRules)
  if (linux.intelRdt === undefined) idle.push(intelRdtRules)
  if (linux.memoryPolicy === undefined && linux.personality === undefined) idle.push(memoryPolicyRules)
  return specRules.filter((rules) => !idle.includes(rules))
}
