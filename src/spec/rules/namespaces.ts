// SPDX-License-Identifier: Apache-2.0
import { pointer } from '../json-pointer.ts'
import { hasNamespace, joinsNamespace, namespaceIndex } from '../queries.ts'
import { showValue } from '../show-value.ts'
import type { Rules } from './rule.ts'

/** config-linux.md: Namespaces, Offset for Time Namespace, Masked Paths, Readonly Paths; config.md: Hostname, Domainname */
export const namespaceRules: Rules = {
  NAMESPACE_REPEATED(spec, report) {
    spec.linux.namespaces.forEach(({ type }, i) => {
      const first = namespaceIndex(spec, type)
      if (first === i) return
      report(
        pointer('linux', 'namespaces', i, 'type'),
        `each type may be listed once, found ${showValue(type)} again after ${pointer('linux', 'namespaces', first)}`,
      )
    })
  },

  NAMESPACE_PATH_RELATIVE({ linux }, report) {
    linux.namespaces.forEach(({ path }, i) => {
      if (path !== undefined && !path.startsWith('/')) {
        report(pointer('linux', 'namespaces', i, 'path'), `must be an absolute path, found ${showValue(path)}`)
      }
    })
  },

  HOSTNAME_NEEDS_UTS_NAMESPACE(spec, report) {
    if (spec.hostname !== undefined && !hasNamespace(spec, 'uts')) {
      report('/hostname', `needs a uts namespace in linux.namespaces, found ${showValue(spec.hostname)} without one`)
    }
  },

  DOMAINNAME_NEEDS_UTS_NAMESPACE(spec, report) {
    if (spec.domainname !== undefined && !hasNamespace(spec, 'uts')) {
      report(
        '/domainname',
        `needs a uts namespace in linux.namespaces, found ${showValue(spec.domainname)} without one`,
      )
    }
  },

  MASKED_PATHS_NEED_MOUNT_NAMESPACE(spec, report) {
    if (spec.linux.maskedPaths.length > 0 && !hasNamespace(spec, 'mount')) {
      report('/linux/maskedPaths', 'needs a mount namespace in linux.namespaces, or the host would be masked')
    }
  },

  READONLY_PATHS_NEED_MOUNT_NAMESPACE(spec, report) {
    if (spec.linux.readonlyPaths.length > 0 && !hasNamespace(spec, 'mount')) {
      report('/linux/readonlyPaths', 'needs a mount namespace in linux.namespaces, or the host would become read-only')
    }
  },
}

export const timeOffsetRules: Rules = {
  TIME_OFFSETS_NEED_TIME_NAMESPACE(spec, report) {
    if (Object.keys(spec.linux.timeOffsets).length > 0 && !hasNamespace(spec, 'time')) {
      report('/linux/timeOffsets', 'needs a time namespace in linux.namespaces')
    }
  },

  // The kernel takes offsets only before the first process enters (time_namespaces(7)).
  TIME_OFFSETS_OF_JOINED_NAMESPACE(spec, report) {
    if (Object.keys(spec.linux.timeOffsets).length > 0 && joinsNamespace(spec, 'time')) {
      report('/linux/timeOffsets', 'must be absent when a time namespace is joined by its path')
    }
  },
}
