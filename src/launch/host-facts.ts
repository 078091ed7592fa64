// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { getegid, geteuid } from 'node:process'
import { failedTo } from '../errors/runtime-error.ts'
import { ownsMountNamespace } from '../sys/namespaces.ts'

/** What planners must know about the host and the runtime's own rights. Facts choose verbs; the shim verifies again. */
export interface HostFacts {
  readonly euid: number
  readonly egid: number
  /** The runtime itself is in a user namespace that is not the host's first. */
  readonly inUserNamespace: boolean
  /** The runtime's user namespace denies setgroups(2), and so does every one made below it. */
  readonly deniesSetgroups: boolean
  /** The runtime may clone mounts of its own mount namespace, for another one that could not reach them. */
  readonly mayCloneMounts: boolean
  /** The highest capability of the running kernel. */
  readonly lastCapability: number
  /** The runtime's permitted capabilities, as bits. */
  readonly capabilities: bigint
}

/** The numbers of linux/capability.h for what is asked of the runtime itself. */
export const CAP = { SETGID: 6n, SETUID: 7n, SYS_ADMIN: 21n } as const

/** Reads the facts from /proc; needs no privilege. Throws SYSTEM_CALL_FAILED where there is no procfs. */
export function readHostFacts(): HostFacts {
  const capabilities = permittedCapabilities(read('/proc/self/status'))
  const inUserNamespace = !mapsEverything(read('/proc/self/uid_map'))
  const isAdministrator = hasCapability(capabilities, CAP.SYS_ADMIN)
  return {
    euid: geteuid?.() ?? 0,
    egid: getegid?.() ?? 0,
    inUserNamespace,
    deniesSetgroups: inUserNamespace && read('/proc/self/setgroups').startsWith('deny'),
    mayCloneMounts: isAdministrator && (!inUserNamespace || ownsMountNamespace()),
    lastCapability: Number(read('/proc/sys/kernel/cap_last_cap')),
    capabilities,
  }
}

export function hasCapability(capabilities: bigint, number: bigint): boolean {
  return ((capabilities >> number) & 1n) === 1n
}

/** The first user namespace maps all 32-bit ids but the last onto themselves (user_namespaces(7)). */
export function mapsEverything(uidMap: string): boolean {
  return /^\s*0\s+0\s+4294967295\s*$/.test(uidMap)
}

export function permittedCapabilities(status: string): bigint {
  return BigInt(`0x${/^CapPrm:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw failedTo('SYSTEM_CALL_FAILED', `cannot read ${path}`, error)
  }
}
