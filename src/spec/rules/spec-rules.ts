// SPDX-License-Identifier: Apache-2.0
import type { SettledSpec } from '../validated-spec.ts'
import { deviceRules } from './devices.ts'
import { documentRules } from './document.ts'
import { hookRules } from './hooks.ts'
import { idMappingRules } from './id-mappings.ts'
import { intelRdtRules } from './intel-rdt.ts'
import { linuxPathRules } from './linux-paths.ts'
import { memoryPolicyRules } from './memory-policy.ts'
import { mountRules } from './mounts.ts'
import { namespaceRules } from './namespaces.ts'
import { netDeviceRules } from './net-devices.ts'
import { processRules } from './process.ts'
import { resourcesRules, swapRules } from './resources.ts'
import type { Rules } from './rule.ts'
import { schedulerRules } from './scheduler.ts'
import { seccompRules } from './seccomp.ts'
import { sysctlRules } from './sysctl.ts'

/** Everything that is asked of a config.json, in the order in which problems are reported. */
export const specRules: readonly Rules[] = [
  documentRules,
  namespaceRules,
  idMappingRules,
  processRules,
  schedulerRules,
  mountRules,
  hookRules,
  linuxPathRules,
  deviceRules,
  netDeviceRules,
  sysctlRules,
  resourcesRules,
  swapRules,
  seccompRules,
  intelRdtRules,
  memoryPolicyRules,
]

/**
 * The tables that can find something in this document: those about a section that it does not have cannot, and a call
 * of each of their rules takes longer than many a system call.
 */
export function rulesFor({ process, hooks, linux }: SettledSpec): readonly Rules[] {
  const idle: Rules[] = []
  if (process?.scheduler === undefined) idle.push(schedulerRules)
  if (Object.values(hooks).every(({ length }) => length === 0)) idle.push(hookRules)
  if (linux.devices.length === 0) idle.push(deviceRules)
  if (isEmpty(linux.netDevices)) idle.push(netDeviceRules)
  if (isEmpty(linux.sysctl)) idle.push(sysctlRules)
  if (linux.seccomp === undefined) idle.push(seccompRules)
  if (linux.intelRdt === undefined) idle.push(intelRdtRules)
  if (linux.memoryPolicy === undefined && linux.personality === undefined) idle.push(memoryPolicyRules)
  return specRules.filter((rules) => !idle.includes(rules))
}

function isEmpty(section: object): boolean {
  return Object.keys(section).length === 0
}
