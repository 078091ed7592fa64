// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path'
import { pointer } from '../json-pointer.ts'
import { showValue } from '../show-value.ts'
import type { ValidatedDevice } from '../validated-spec.ts'
import type { Rules } from './rule.ts'

/** config-linux.md, Devices */
export const deviceRules: Rules = {
  DEVICE_PATH_MALFORMED({ linux }, report) {
    linux.devices.forEach(({ path }, i) => {
      if (!path.startsWith('/') || path.endsWith('/') || path.split('/').includes('..')) {
        report(
          pointer('linux', 'devices', i, 'path'),
          `must be the absolute path of a file without "..", found ${showValue(path)}`,
        )
      }
    })
  },

  DEVICE_NUMBER_MISSING({ linux }, report) {
    linux.devices.forEach((device, i) => {
      // A type that is missing or no text has been told by then.
      if (device.type === 'p' || typeof device.type !== 'string') return
      for (const field of ['major', 'minor'] as const) {
        if (device[field] === undefined) {
          report(pointer('linux', 'devices', i, field), `must be given for a device of type ${device.type}`)
        }
      }
    })
  },

  DEVICE_CONTRADICTED({ linux }, report) {
    const firstAt = new Map<string, number>()
    linux.devices.forEach((device, i) => {
      const path = posix.normalize(device.path)
      const first = firstAt.get(path) ?? i
      firstAt.set(path, first)
      const other = linux.devices[first] ?? device
      if (nodeOf(other) === nodeOf(device)) return
      report(
        pointer('linux', 'devices', i, 'path'),
        `${device.path} is ${nodeOf(other)} in ${pointer('linux', 'devices', first)}, found ${nodeOf(device)}`,
      )
    })
  },
}

/** u is another name for c (config-linux.md, Devices). */
function nodeOf({ type, major = 0, minor = 0 }: ValidatedDevice): string {
  return type === 'p' ? 'a FIFO' : `device ${type === 'u' ? 'c' : type} ${major}:${minor}`
}
