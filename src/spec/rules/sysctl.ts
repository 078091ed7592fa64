// SPDX-License-Identifier: Apache-2.0
import type { NamespaceType } from '@opencontainers/runtime-spec-types'
import { pointer } from '../json-pointer.ts'
import { hasNamespace } from '../queries.ts'
import { showValue } from '../show-value.ts'
import { sysctlComponents } from '../sysctl-name.ts'
import type { Rules } from './rule.ts'

const IPC_NAMES = ['msgmax', 'msgmnb', 'msgmni', 'sem', 'shmall', 'shmmax', 'shmmni', 'shm_rmid_forced'].map(
  (name) => `kernel/${name}`,
)

/** Kernel parameters that belong to a namespace; every other would change the host. */
export const sysctlRules: Rules = {
  SYSCTL_NAME_MALFORMED({ linux }, report) {
    for (const name of Object.keys(linux.sysctl)) {
      if (!isWellFormed(name)) {
        report(pointer('linux', 'sysctl', name), `must be a name such as net.ipv4.ip_forward, found ${showValue(name)}`)
      }
    }
  },

  SYSCTL_NOT_NAMESPACED({ linux }, report) {
    for (const name of Object.keys(linux.sysctl).filter(isWellFormed)) {
      if (namespaceOf(name) === undefined && !isHostname(name)) {
        report(pointer('linux', 'sysctl', name), `sysctl ${showValue(name)} is not in a separate kernel namespace`)
      }
    }
  },

  SYSCTL_NEEDS_NAMESPACE(spec, report) {
    for (const name of Object.keys(spec.linux.sysctl).filter(isWellFormed)) {
      const type = namespaceOf(name)
      if (type === undefined || hasNamespace(spec, type)) continue
      report(
        pointer('linux', 'sysctl', name),
        `sysctl ${showValue(name)} is not in a separate kernel namespace: it needs a namespace of type ${type}`,
      )
    }
  },

  SYSCTL_HOSTNAME({ linux }, report) {
    for (const name of Object.keys(linux.sysctl).filter(isHostname)) {
      report(pointer('linux', 'sysctl', name), 'must be absent: the field hostname sets it')
    }
  },

  SYSCTL_CONTRADICTS_DOMAINNAME({ linux, domainname }, report) {
    for (const [name, value] of Object.entries(linux.sysctl)) {
      const isDomainname = sysctlComponents(name).join('/') === 'kernel/domainname'
      if (isDomainname && domainname !== undefined && value !== domainname) {
        const other = `the field domainname, ${showValue(domainname)}`
        report(pointer('linux', 'sysctl', name), `must be absent or equal to ${other}, found ${showValue(value)}`)
      }
    }
  },
}

function isWellFormed(name: string): boolean {
  const components = sysctlComponents(name)
  return (
    components.length > 1 && components.every((part) => /^[A-Za-z0-9_.:@+-]+$/.test(part) && !/^\.{1,2}$/.test(part))
  )
}

function isHostname(name: string): boolean {
  return sysctlComponents(name).join('/') === 'kernel/hostname'
}

function namespaceOf(name: string): NamespaceType | undefined {
  const path = sysctlComponents(name).join('/')
  if (IPC_NAMES.includes(path) || path.startsWith('fs/mqueue/')) return 'ipc'
  if (path.startsWith('net/')) return 'network'
  if (path.startsWith('user/')) return 'user'
  return path === 'kernel/domainname' ? 'uts' : undefined
}
