// SPDX-License-Identifier: Apache-2.0
import type { BusValue } from '../../sys/sd-bus-message.ts'
import { INFINITY, type UnitProperty } from './unit-property.ts'

/** One line a property: name, type and value. */
export function printUnitProperties(properties: readonly UnitProperty[]): string {
  return properties.map(({ name, signature, value }) => `${name} (${signature}) = ${show(value)}\n`).join('')
}

function show(value: BusValue): string {
  if (value === INFINITY) return 'infinity'
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
