// SPDX-License-Identifier: Apache-2.0
import { RUNC_PHRASES } from '../../errors/runc-phrases.ts'
import { RuntimeError } from '../../errors/runtime-error.ts'
import { BusError } from '../../sys/sd-bus-message.ts'
import { type Manager, reasonOf, withManager } from './host-manager.ts'
import type { PlacedUnit } from './placed-unit.ts'
import { property, type UnitProperty } from './unit-property.ts'

const UNIT_EXISTS = 'org.freedesktop.systemd1.UnitExists'
const NO_SUCH_UNIT = 'org.freedesktop.systemd1.NoSuchUnit'

/**
 * Starts a transient unit with one process in it and waits until that is in its cgroup. What is left of a failed unit of
 * this name is cleared away first. On failure no unit stays. Throws CGROUP_FAILED.
 */
export function startUnit(unit: PlacedUnit, pid: number, properties: readonly UnitProperty[]): void {
  const all = [...properties, property('PIDs', 'au', [pid])]
  withManager(unit.instance, (manager) => {
    try {
      tryTwice(manager, unit, all)
    } catch (error) {
      if (!(error instanceof BusError)) throw error
      // A unit of this name that was there before is somebody else's.
      if (error.errorName !== UNIT_EXISTS) endUnit(manager, unit)
      throw notStarted(unit, error)
    }
  })
}

/** The second time after a failed unit of this name, which systemd keeps, was cleared away. */
function tryTwice(manager: Manager, unit: PlacedUnit, properties: readonly UnitProperty[]): void {
  try {
    start(manager, unit, properties)
  } catch (error) {
    if (!(error instanceof BusError) || error.errorName !== UNIT_EXISTS) throw error
    forget(manager, unit)
    start(manager, unit, properties)
  }
}

function start(manager: Manager, { name }: PlacedUnit, properties: readonly UnitProperty[]): void {
  const list = properties.map(({ name: key, signature, value }) => [key, { signature, value }])
  const result = manager.runJob('StartTransientUnit', 'ssa(sv)a(sa(sv))', [name, 'replace', list, []])
  if (result !== 'done') throw new BusError('', `the result of its job is "${result}"`)
}

function notStarted({ name }: PlacedUnit, error: BusError): RuntimeError {
  return new RuntimeError(
    'CGROUP_FAILED',
    `${RUNC_PHRASES.cgroupNotApplied}: unable to start unit "${name}": ${reasonOf(error)}`,
    {
      pointer: '/linux/cgroupsPath',
      ...(error.errorName === UNIT_EXISTS && {
        hint: 'another container uses the same cgroupsPath and is still there',
      }),
    },
  )
}

/** Ends all processes of a unit and removes it; one that is gone already is fine. Throws CGROUP_FAILED. */
export function removeUnit(unit: PlacedUnit): void {
  withManager(unit.instance, (manager) => {
    const reason = endUnit(manager, unit)
    if (reason === undefined) return
    throw new RuntimeError('CGROUP_FAILED', `cannot stop unit "${unit.name}": ${reason}`)
  })
}

/** Has systemd move a process into a unit's cgroup, or into the one at `path` below. Throws CGROUP_FAILED. */
export function attachToUnit({ instance, name }: PlacedUnit, path: string, pid: number): void {
  withManager(instance, (manager) => {
    try {
      manager.call('AttachProcessesToUnit', 'ssau', [name, path, [pid]])
    } catch (error) {
      if (!(error instanceof BusError)) throw error
      throw new RuntimeError('CGROUP_FAILED', `cannot move process ${pid} into unit "${name}": ${reasonOf(error)}`)
    }
  })
}

/** Has systemd forget a unit that has failed; whatever else has this name is left alone. */
export function forgetUnit(unit: PlacedUnit): void {
  withManager(unit.instance, (manager) => forget(manager, unit))
}

function endUnit(manager: Manager, unit: PlacedUnit): string | undefined {
  try {
    const result = manager.runJob('StopUnit', 'ss', [unit.name, 'replace'])
    return result === 'done' ? undefined : `the result of its job is "${result}"`
  } catch (error) {
    if (!(error instanceof BusError)) throw error
    return error.errorName === NO_SUCH_UNIT ? undefined : reasonOf(error)
  } finally {
    forget(manager, unit)
  }
}

/** systemd keeps a unit that has failed, as one whose process was OOM-killed, until it is told. */
function forget(manager: Manager, { name }: PlacedUnit): void {
  try {
    manager.call('ResetFailedUnit', 's', [name])
  } catch (error) {
    // There is nothing to forget, or nothing that could be: whatever comes next says so.
    if (!(error instanceof BusError)) throw error
  }
}
