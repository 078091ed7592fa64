// SPDX-License-Identifier: Apache-2.0
import { CAPABILITY_NAMES } from '../spec/capability-names.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedCapabilities } from '../spec/validated-spec.ts'

/** Bit sets by capability number. */
export interface CapabilitySets {
  readonly bounding: bigint
  readonly effective: bigint
  readonly permitted: bigint
  readonly inheritable: bigint
  readonly ambient: bigint
}

/** A capability that config.json lists and the container will not have. */
export interface CapabilityWarning {
  readonly pointer: string
  readonly message: string
}

/**
 * The sets as the kernel will accept them (capabilities(7)): none holds what cannot be granted, effective is within
 * permitted, ambient within permitted and inheritable. What is lost is a warning, not an error (config.md, Process).
 */
export function capabilitySets(listed: ValidatedCapabilities, grantable: bigint): CapabilitySets {
  const permitted = capabilitySet(listed.permitted) & grantable
  const inheritable = capabilitySet(listed.inheritable) & grantable
  return {
    bounding: capabilitySet(listed.bounding) & grantable,
    effective: capabilitySet(listed.effective) & permitted,
    permitted,
    inheritable,
    ambient: capabilitySet(listed.ambient) & permitted & inheritable,
  }
}

/**
 * One warning for each set that loses something by `capabilitySets`; validation has told of unknown names and of ambient
 * ones that it sees are not both permitted and inheritable.
 */
export function capabilityWarnings(listed: ValidatedCapabilities, grantable: bigint): CapabilityWarning[] {
  const sets = capabilitySets(listed, grantable)
  const warnings: CapabilityWarning[] = []
  for (const set of ['bounding', 'effective', 'permitted', 'inheritable', 'ambient'] as const) {
    const given = set === 'ambient' ? grantable : sets[set]
    if ((capabilitySet(listed[set]) & ~given) === 0n) continue
    const lost = listed[set].filter((name) => (capabilitySet([name]) & ~given) !== 0n)
    const message = `cannot grant ${lost.join(', ')} in the ${set} set: left out`
    warnings.push({ pointer: pointer('process', 'capabilities', set), message })
  }
  return warnings
}

/** The bits of these names; a name this build does not know has none. */
export function capabilitySet(names: readonly string[]): bigint {
  let set = 0n
  for (const name of names) {
    const bit = (CAPABILITY_NAMES as readonly string[]).indexOf(name)
    if (bit >= 0) set |= 1n << BigInt(bit)
  }
  return set
}
