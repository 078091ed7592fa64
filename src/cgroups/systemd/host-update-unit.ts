// SPDX-License-Identifier: Apache-2.0
import { errnoOf, RuntimeError } from '../../errors/runtime-error.ts'
import type { ValidatedResources } from '../../spec/validated-spec.ts'
import { BusError } from '../../sys/sd-bus-message.ts'
import { type Freezer, freezerOf, tryFreeze } from '../host-freezer.ts'
import { pidsBelow } from '../host-processes.ts'
import { writeResources } from '../host-resource-writes.ts'
import type { CgroupPlacement, PlacedCgroup } from '../place-cgroup.ts'
import type { ResourceWrite } from '../resource-write.ts'
import { type Manager, reasonOf, withManager } from './host-manager.ts'
import { versionOf } from './host-systemd-facts.ts'
import type { PlacedUnit } from './placed-unit.ts'
import { limitProperties } from './unit-properties.ts'
import type { UnitProperty } from './unit-property.ts'

/**
 * Changes the limits that systemd keeps for a unit, all of them or none, and returns what sets the former ones again. The
 * files of the cgroup are to be written after it: systemd writes them too, rounded. Throws CGROUP_FAILED.
 */
export function updateUnit(placement: CgroupPlacement, resources: ValidatedResources): () => void {
  const { unit, mode } = placement
  if (unit === undefined) return () => {}
  const setFrozen = (manager: Manager, properties: readonly UnitProperty[]) => {
    if (properties.length === 0) return
    whileFrozen(placement, () => {
      set(manager, unit, properties)
      writeDeviceRules(placement, unit.deviceWrites ?? [])
    })
  }
  return talk(unit, (manager) => {
    const properties = limitProperties(resources, { mode, version: versionOf(manager) })
    const before = readProperties(manager, unit, properties)
    setFrozen(manager, properties)
    return () => talk(unit, (again) => setFrozen(again, before))
  })
}

/**
 * With one property systemd writes all it knows of a v1 cgroup anew, and of the devices it denies all before it allows
 * some: whoever opened one at that moment would be refused.
 */
function whileFrozen(placement: CgroupPlacement, act: () => void): void {
  const freezer = placement.mode === 'v2' ? undefined : freezerOf(placement)
  const isFrozen = freezer !== undefined && mayFreeze(freezer) && tryFreeze(freezer)
  try {
    act()
  } finally {
    if (isFrozen) freezer.thaw(freezer.directory)
  }
}

/** Limits can be changed of what does not stop, too, as of this process itself; what is held already stays so. */
function mayFreeze({ directory, isHeldFrozen }: Freezer & PlacedCgroup): boolean {
  return !isHeldFrozen(directory) && !pidsBelow(directory).includes(process.pid)
}

function writeDeviceRules(placement: CgroupPlacement, writes: readonly ResourceWrite[]): void {
  try {
    writeResources(placement, writes)
  } catch (error) {
    // The default cannot be set again where there are cgroups below, neither by systemd: the rules have stayed as they were.
    if (errnoOf(error) !== 'EINVAL') throw error
  }
}

function set(manager: Manager, { name }: PlacedUnit, properties: readonly UnitProperty[]): void {
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
