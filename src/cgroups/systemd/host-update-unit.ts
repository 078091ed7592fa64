// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../../errors/runtime-error.ts'
import type { ValidatedResources } from '../../spec/validated-spec.ts'
import { BusError } from '../../sys/sd-bus-message.ts'
import type { CgroupPlacement } from '../place-cgroup.ts'
import { type Manager, reasonOf, withManager } from './host-manager.ts'
import { versionOf } from './host-systemd-facts.ts'
import type { PlacedUnit } from './placed-unit.ts'
import { limitProperties } from './unit-properties.ts'
import type { UnitProperty } from './unit-property.ts'

/**
 * Changes the limits that systemd keeps for a unit, all of them or none, and returns what sets the former ones again. The
 * files of the cgroup are to be written after it: systemd writes them too, rounded. Device rules are never touched, so
 * that nothing needs to be frozen meanwhile (on v1 systemd denies all devices for a moment). Throws CGROUP_FAILED.
 */
export function updateUnit({ unit, mode }: CgroupPlacement, resources: ValidatedResources): () => void {
  if (unit === undefined) return () => {}
  return talk(unit, (manager) => {
    const properties = limitProperties(resources, { mode, version: versionOf(manager) })
    const before = readProperties(manager, unit, properties)
    set(manager, unit, properties)
    return () => talk(unit, (again) => set(again, unit, before))
  })
}

function set(manager: Manager, { name }: PlacedUnit, properties: readonly UnitProperty[]): void {
  if (properties.length === 0) return
  const list = properties.map(({ name: key, signature, value }) => [key, { signature, value }])
  // Until the next boot: a transient unit does not live longer.
  manager.call('SetUnitProperties', 'sba(sv)', [name, true, list])
}

function readProperties(manager: Manager, { name }: PlacedUnit, like: readonly UnitProperty[]): UnitProperty[] {
  if (like.length === 0) return []
  const [path] = manager.call('GetUnit', 's', [name], 'o')
  const kind = name.endsWith('.slice') ? 'Slice' : 'Scope'
  const unit = {
    destination: 'org.freedesktop.systemd1',
    path: String(path),
    interface: `org.freedesktop.systemd1.${kind}`,
  }
  return like.map((each) => ({ ...each, value: manager.read(each.name, each.signature, unit) }))
}

function talk<T>(unit: PlacedUnit, act: (manager: Manager) => T): T {
  return withManager(unit.instance, (manager) => {
    try {
      return act(manager)
    } catch (error) {
      if (!(error instanceof BusError)) throw error
      throw new RuntimeError('CGROUP_FAILED', `unable to set unit properties of "${unit.name}": ${reasonOf(error)}`)
    }
  })
}
