// SPDX-License-Identifier: Apache-2.0
import { CAPABILITY_NAMES } from '../capability-names.ts'
import { pointer } from '../json-pointer.ts'
import { isMountOptionName } from '../mount-option-names.ts'
import { isBindMount } from '../queries.ts'
import { showValue } from '../show-value.ts'
import type { Rules } from './rule.ts'

const KNOWN: ReadonlySet<string> = new Set(CAPABILITY_NAMES)

/** What the specification or runc's users expect to pass, but what may not do what was meant. */
export const compatibilityWarnings: Rules = {
  MOUNT_DESTINATION_RELATIVE({ mounts }, warn) {
    mounts.forEach(({ destination }, i) => {
      if (!destination.startsWith('/')) {
        warn(
          pointer('mounts', i, 'destination'),
          `should be absolute: relative ones are deprecated and taken from "/", found ${showValue(destination)}`,
        )
      }
    })
  },

  TMPCOPYUP_WITHOUT_TMPFS({ mounts }, warn) {
    mounts.forEach(({ type, options }, i) => {
      if (type === 'tmpfs' || !options.includes('tmpcopyup')) return
      const at = pointer('mounts', i, 'options', options.indexOf('tmpcopyup'))
      warn(at, `tmpcopyup is ignored: the mount is not of type tmpfs, found ${showValue(type)}`)
    })
  },

  BIND_OPTION_IGNORED({ mounts }, warn) {
    mounts.forEach((mount, i) => {
      if (!isBindMount(mount)) return
      mount.options.forEach((option, j) => {
        if (isMountOptionName(option) || !option.includes('=')) return
        const at = pointer('mounts', i, 'options', j)
        warn(at, `is ignored: a bind mount takes no filesystem-specific options, found ${showValue(option)}`)
      })
    })
  },

  CAPABILITY_UNKNOWN({ process }, warn) {
    for (const [set, names] of Object.entries(process?.capabilities ?? {})) {
      names.forEach((name, i) => {
        if (KNOWN.has(name)) return
        warn(pointer('process', 'capabilities', set, i), `unknown capability ${showValue(name)} is ignored`)
      })
    }
  },

  AMBIENT_NOT_RAISABLE({ process }, warn) {
    if (process === undefined) return
    const { permitted, inheritable, ambient } = process.capabilities
    ambient.forEach((name, i) => {
      if (permitted.includes(name) && inheritable.includes(name)) return
      warn(
        pointer('process', 'capabilities', 'ambient', i),
        `can't raise ambient capability ${name}: it is not both permitted and inheritable`,
      )
    })
  },

  SCHEDULER_NICE_IGNORED({ process }, warn) {
    const { policy = 'SCHED_OTHER', nice = 0 } = process?.scheduler ?? {}
    if (nice === 0 || policy === 'SCHED_OTHER' || policy === 'SCHED_BATCH') return
    warn('/process/scheduler/nice', `is ignored by the kernel for ${policy}, found ${nice}`)
  },
}
