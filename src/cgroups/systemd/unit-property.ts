// SPDX-License-Identifier: Apache-2.0
import type { BusVariant } from '../../sys/sd-bus-message.ts'

/** A property of a unit as systemd's D-Bus interface takes it (org.freedesktop.systemd1(5)). */
export interface UnitProperty extends BusVariant {
  readonly name: string
}

/** What systemd takes for "no limit": the highest number of its type. */
export const INFINITY = 2n ** 64n - 1n

export function property(name: string, signature: string, value: BusVariant['value']): UnitProperty {
  return { name, signature, value }
}

/** A number of the type that nearly all limits have; a negative one lifts the limit. */
export function limit(name: string, value: bigint): UnitProperty {
  return property(name, 't', value < 0n ? INFINITY : value)
}
