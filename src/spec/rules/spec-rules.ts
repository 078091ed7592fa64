// SPDX-License-Identifier: Apache-2.0
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
