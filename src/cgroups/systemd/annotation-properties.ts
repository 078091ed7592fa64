// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../../errors/runtime-error.ts'
import { SYSTEMD_PROPERTY } from '../../spec/acting-annotations.ts'
import { pointer } from '../../spec/json-pointer.ts'
import type { BusVariant } from '../../sys/sd-bus-message.ts'
import { INFINITY, property, type UnitProperty } from './unit-property.ts'
import { parseVariant } from './variant-text.ts'

/**
 * Annotations such as `org.systemd.property.TimeoutStopSec: "uint64 5"` as unit properties; a name that ends in Sec
 * stands for the one in microseconds, which is what D-Bus has. Throws SPEC_INVALID.
 */
export function annotationProperties(annotations: Readonly<Record<string, string>>): UnitProperty[] {
  return Object.entries(annotations)
    .filter(([key]) => key.startsWith(SYSTEMD_PROPERTY))
    .map(([key, text]) => {
      const name = key.slice(SYSTEMD_PROPERTY.length)
      try {
        return annotationProperty(name, text)
      } catch (error) {
        throw new RuntimeError('SPEC_INVALID', `cannot use annotation ${key}=${text}: ${(error as Error).message}`, {
          pointer: pointer('annotations', key),
          hint: "the value is in GVariant's text format: true, 'text', uint64 5, ['a', 'b']",
        })
      }
    })
}

function annotationProperty(name: string, text: string): UnitProperty {
  if (!/^[A-Za-z]{3,}$/.test(name)) throw new Error('the name of a property is three or more latin letters')
  const variant = parseVariant(text)
  if (!/[a-z]Sec$/.test(name)) return property(name, variant.signature, variant.value)
  return property(`${name.slice(0, -'Sec'.length)}USec`, 't', microseconds(variant))
}

function microseconds({ value }: BusVariant): bigint {
  const isNumber = typeof value === 'bigint' || typeof value === 'number'
  const result = isNumber ? BigInt(Math.round(Number(value) * 1e6)) : -1n
  if (result >= 0n && result <= INFINITY) return result
  throw new Error('it is not a number of seconds')
}
