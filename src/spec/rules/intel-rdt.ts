// SPDX-License-Identifier: Apache-2.0
import { pointer } from '../json-pointer.ts'
import { showValue } from '../show-value.ts'
import type { Rules } from './rule.ts'

/** config-linux.md, IntelRdt */
export const intelRdtRules: Rules = {
  CLOS_ID_MALFORMED({ linux: { intelRdt } }, report) {
    const closID = intelRdt?.closID
    if (closID === undefined || closID === '/') return
    if (closID === '.' || closID === '..' || closID.includes('/')) {
      report('/linux/intelRdt/closID', `must be "/" or the name of a directory, found ${showValue(closID)}`)
    }
  },

  L3_CACHE_SCHEMA_MALFORMED({ linux: { intelRdt } }, report) {
    const line = intelRdt?.l3CacheSchema
    if (line && !/^L3:.*$/.test(line)) {
      report('/linux/intelRdt/l3CacheSchema', `must be one line that starts with "L3:", found ${showValue(line)}`)
    }
  },

  MEM_BW_SCHEMA_MALFORMED({ linux: { intelRdt } }, report) {
    const line = intelRdt?.memBwSchema
    if (line && !/^MB:.*$/.test(line)) {
      report('/linux/intelRdt/memBwSchema', `must be one line that starts with "MB:", found ${showValue(line)}`)
    }
  },

  SCHEMATA_LINE_MALFORMED({ linux: { intelRdt } }, report) {
    intelRdt?.schemata?.forEach((line, i) => {
      if (line.includes('\n')) {
        report(pointer('linux', 'intelRdt', 'schemata', i), `must be one line, found ${showValue(line)}`)
      }
    })
  },
}
