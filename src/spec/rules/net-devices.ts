// SPDX-License-Identifier: Apache-2.0
import { pointer } from '../json-pointer.ts'
import { hasNamespace } from '../queries.ts'
import { showValue } from '../show-value.ts'
import type { Rules } from './rule.ts'

/** config-linux.md, Network Devices */
export const netDeviceRules: Rules = {
  NET_DEVICES_NEED_NETWORK_NAMESPACE(spec, report) {
    if (Object.keys(spec.linux.netDevices).length > 0 && !hasNamespace(spec, 'network')) {
      report('/linux/netDevices', 'needs a network namespace in linux.namespaces')
    }
  },

  NET_DEVICE_NAME_MALFORMED({ linux }, report) {
    for (const [name, { name: inside = '' }] of Object.entries(linux.netDevices)) {
      if (!isInterfaceName(name)) report(pointer('linux', 'netDevices', name), complaint(name))
      if (inside !== '' && !isTemplateOrName(inside)) {
        report(pointer('linux', 'netDevices', name, 'name'), complaint(inside))
      }
    }
  },
}

/** As dev_valid_name() of the kernel, which also takes one %d as the place of a number. */
function isTemplateOrName(name: string): boolean {
  return isInterfaceName(name) && !name.replace('%d', '').includes('%')
}

/** dev_valid_name() of the kernel. */
function isInterfaceName(name: string): boolean {
  return Buffer.byteLength(name) < 16 && /^[^/:\s]+$/.test(name) && name !== '.' && name !== '..'
}

function complaint(name: string): string {
  return `must be an interface name: 1 to 15 bytes without "/", ":" and spaces (in the container one %d may stand for a number), found ${showValue(name)}`
}
