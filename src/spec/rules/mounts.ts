// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path'
import { pointer } from '../json-pointer.ts'
import { isMountOptionName } from '../mount-option-names.ts'
import { hasUserNamespace, isBindMount, isIdmapOption, mapsIds } from '../queries.ts'
import { showValue } from '../show-value.ts'
import type { ValidatedMount } from '../validated-spec.ts'
import type { Rules } from './rule.ts'

/** Files of procfs that lxcfs emulates; anything else mounted below /proc could fake what the kernel says. */
const MOUNTABLE_IN_PROC = [
  'cpuinfo',
  'diskstats',
  'loadavg',
  'meminfo',
  'slabinfo',
  'stat',
  'swaps',
  'sys/crypto/fips_enabled',
  'sys/kernel/ns_last_pid',
  'uptime',
].map((name) => `/proc/${name}`)

/** config.md, Mounts; symbolic links in the rootfs are the shim's concern */
export const mountRules: Rules = {
  MOUNT_DESTINATION_EMPTY({ mounts }, report) {
    mounts.forEach(({ destination }, i) => {
      if (destination === '') report(pointer('mounts', i, 'destination'), 'must be an absolute path, found ""')
    })
  },

  MOUNT_OVER_ROOT({ mounts }, report) {
    mounts.forEach((mount, i) => {
      if (mount.destination !== '' && placeOf(mount) === '/') {
        const shown = showValue(mount.destination)
        report(pointer('mounts', i, 'destination'), `must be below the root of the container, found ${shown}`)
      }
    })
  },

  // CVE-2019-16884: a fake procfs let labels and sysctls go to ordinary files. Binds over /proc are checked by the shim.
  MOUNT_OVER_PROC({ mounts }, report) {
    mounts.forEach((mount, i) => {
      if (placeOf(mount) === '/proc' && mount.type !== 'proc' && !isBindMount(mount) && !isRemount(mount)) {
        const shown = showValue(mount.destination)
        report(pointer('mounts', i, 'destination'), `${shown} cannot be mounted because it is not of type proc`)
      }
    })
  },

  MOUNT_INSIDE_PROC({ mounts }, report) {
    mounts.forEach((mount, i) => {
      const place = placeOf(mount)
      if (place.startsWith('/proc/') && !MOUNTABLE_IN_PROC.includes(place)) {
        const shown = showValue(mount.destination)
        report(pointer('mounts', i, 'destination'), `${shown} cannot be mounted because it is inside /proc`)
      }
    })
  },

  MOUNT_TYPE_MISSING({ mounts }, report) {
    mounts.forEach((mount, i) => {
      if (isBindMount(mount) || isRemount(mount)) return
      if (mount.type === undefined || mount.type === 'bind' || mount.type === 'none') {
        report(
          pointer('mounts', i, 'type'),
          `must name a file system unless an option is bind or rbind, found ${showValue(mount.type)}`,
        )
      }
    })
  },

  BIND_SOURCE_MISSING({ mounts }, report) {
    mounts.forEach((mount, i) => {
      if (isBindMount(mount) && !isRemount(mount) && mount.source === undefined) {
        report(pointer('mounts', i, 'source'), 'must be given for a bind mount')
      }
    })
  },

  BIND_WITH_FILESYSTEM_OPTION({ mounts }, report) {
    mounts.forEach((mount, i) => {
      if (!isBindMount(mount)) return
      mount.options.forEach((option, j) => {
        // A word may be a misspelt `ro`; name=value only tells a filesystem something (compatibility-warnings.ts).
        if (isMountOptionName(option) || option.includes('=')) return
        report(
          pointer('mounts', i, 'options', j),
          `bind mounts cannot have any filesystem-specific options applied, found ${showValue(option)}`,
        )
      })
    })
  },
}

/** config.md, Mounts: idmap, ridmap, uidMappings, gidMappings */
export const mountMappingRules: Rules = {
  MOUNT_MAPPINGS_INCOMPLETE({ mounts }, report) {
    mounts.forEach(({ uidMappings, gidMappings }, i) => {
      if (uidMappings.length > 0 && gidMappings.length === 0) {
        report(pointer('mounts', i, 'gidMappings'), 'must be given together with uidMappings')
      }
      if (gidMappings.length > 0 && uidMappings.length === 0) {
        report(pointer('mounts', i, 'uidMappings'), 'must be given together with gidMappings')
      }
    })
  },

  MOUNT_NOT_MAPPABLE({ mounts }, report) {
    mounts.forEach((mount, i) => {
      const problem = mapsIds(mount) ? mappingProblem(mount) : undefined
      if (problem !== undefined) report(pointer('mounts', i), problem)
    })
  },

  IDMAP_WITHOUT_MAPPINGS(spec, report) {
    spec.mounts.forEach(({ options, uidMappings }, i) => {
      if (uidMappings.length > 0 || hasUserNamespace(spec)) return
      options.forEach((option, j) => {
        if (!isIdmapOption(option)) return
        report(pointer('mounts', i, 'options', j), `${option} needs uidMappings and gidMappings, or a user namespace`)
      })
    })
  },
}

/** Where a mount lands if no component is a symbolic link; a relative destination starts at / (config.md, Mounts). */
function placeOf({ destination }: ValidatedMount): string {
  return posix.resolve('/', destination)
}

/** Filesystems that belong to the kernel or to one namespace: their ids stand in no file that could be mapped. */
const KERNEL_TYPES = new Set(['proc', 'sysfs', 'cgroup', 'cgroup2', 'devpts', 'mqueue'])

/** Why ids of this mount cannot be mapped whatever the kernel; it is mount_setattr(2) that decides about the rest. */
function mappingProblem(mount: ValidatedMount): string | undefined {
  if (isRemount(mount)) return 'ids can be mapped only where a mount is new, found the option remount'
  if (isBindMount(mount)) return undefined
  if (mount.type !== undefined && KERNEL_TYPES.has(mount.type)) {
    return `ids of this filesystem cannot be mapped, found type ${showValue(mount.type)}`
  }
  return mount.options.includes('tmpcopyup') ? 'files cannot be copied into a mount whose ids are mapped' : undefined
}

function isRemount({ options }: ValidatedMount): boolean {
  return options.includes('remount')
}
