// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { geteuid } from 'node:process'
import { failedTo } from '../errors/runtime-error.ts'

/** What planners must know about the host and the runtime's own rights. Facts choose verbs; the shim verifies again. */
export interface HostFacts {
  readonly euid: number
  /** The runtime itself is in a user namespace that is not the host's first. */
  readonly inUserNamespace: boolean
  /** The highest capability of the running kernel. */
  readonly lastCapability: number
  /** The runtime's permitted capabilities, as bits. */
  readonly capabilities: bigint
}

/** Reads the facts from /proc; needs no privilege. Throws SYSTEM_CALL_FAILED where there is no procfs. */
export function readHostFacts(): HostFacts {
  return {
    euid: geteuid?.() ?? 0,
    inUserNamespace: !mapsEverything(read('/proc/self/uid_map')),
    lastCapability: Number(read('/proc/sys/kernel/cap_last_cap')),
    capabilities: permittedCapabilities(read('/proc/self/status')),
  }
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
