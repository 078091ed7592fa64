// SPDX-License-Identifier: Apache-2.0
import { pointer } from '../json-pointer.ts'
import { showValue } from '../show-value.ts'
import type { Report, Rules } from './rule.ts'

/** config-linux.md: Masked Paths, Readonly Paths, Cgroups Path */
export const linuxPathRules: Rules = {
  MASKED_PATH_MALFORMED({ linux }, report) {
    reportMalformed(linux.maskedPaths, 'maskedPaths', report)
  },

  READONLY_PATH_MALFORMED({ linux }, report) {
    reportMalformed(linux.readonlyPaths, 'readonlyPaths', report)
  },

  CGROUPS_PATH_CLIMBS({ linux: { cgroupsPath = '' } }, report) {
    if (cgroupsPath.split('/').includes('..')) {
      report('/linux/cgroupsPath', `must not contain "..", found ${showValue(cgroupsPath)}`)
    }
  },
}

function reportMalformed(paths: readonly string[], field: string, report: Report): void {
  paths.forEach((path, i) => {
    if (!path.startsWith('/') || path.split('/').includes('..')) {
      report(pointer('linux', field, i), `must be an absolute path without "..", found ${showValue(path)}`)
    }
  })
}
