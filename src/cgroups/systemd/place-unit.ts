// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../../errors/runtime-error.ts'
import type { CgroupFacts } from '../cgroup-facts.ts'
import type { CgroupPlacement, PlacedCgroup } from '../place-cgroup.ts'
import type { PlacedUnit, SystemdInstance } from './placed-unit.ts'

const SLICE = '.slice'
/** systemd refuses longer unit names (UNIT_NAME_MAX). */
const LONGEST_NAME = 255

/**
 * `linux.cgroupsPath` for the systemd driver: `SLICE:PREFIX:NAME` is the scope `PREFIX-NAME.scope` in that slice, or
 * the slice NAME where that ends in `.slice`. Without a path it is `runts-ID.scope` in system.slice, or in user.slice of
 * a user's instance. Throws SPEC_INVALID.
 */
export function unitOf(cgroupsPath: string | undefined, containerId: string, instance: SystemdInstance): PlacedUnit {
  const defaultSlice = instance === 'user' ? 'user.slice' : 'system.slice'
  if (!cgroupsPath) return named(`runts-${containerId}.scope`, defaultSlice, instance)
  const parts = cgroupsPath.split(':')
  const [slice = '', prefix = '', name = ''] = parts
  if (parts.length !== 3) {
    throw unusable(
      `expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, got "${cgroupsPath}" instead`,
    )
  }
  return named(name.endsWith(SLICE) ? name : `${prefix}-${name}.scope`, slice || defaultSlice, instance)
}

function named(name: string, slice: string, instance: SystemdInstance): PlacedUnit {
  expandSlice(slice)
  if (name.endsWith(SLICE)) expandSlice(name)
  // What may be in the name of a unit: systemd.unit(5). Everything else would have to be escaped.
  const isValid = name.length <= LONGEST_NAME && /^[a-zA-Z0-9:_.\\@-]+$/.test(name)
  if (isValid) return { instance, name, slice }
  throw unusable(`cannot use cgroupsPath: "${name}" is no valid name of a systemd unit`)
}

/** The directory of a slice, which is in all slices its name lists: `a-b.slice` is at `/a.slice/a-b.slice`. */
export function expandSlice(slice: string): string {
  if (slice === '-.slice') return ''
  const names = slice.slice(0, -SLICE.length).split('-')
  if (!slice.endsWith(SLICE) || slice.includes('/') || names.includes('')) {
    throw unusable(`invalid slice name: ${slice}`)
  }
  return names.map((_, index) => `/${names.slice(0, index + 1).join('-')}${SLICE}`).join('')
}

/** Where systemd puts a unit's cgroup in every hierarchy; `managerPath` is the cgroup of a user's instance, or empty. */
export function placeUnit(unit: PlacedUnit, managerPath: string, facts: CgroupFacts): CgroupPlacement {
  const below = managerPath + expandSlice(unit.slice)
  const place = (mountpoint: string, controllers: readonly string[]): PlacedCgroup => ({
    controllers,
    mountpoint,
    directory: `${mountpoint}${below}/${unit.name}`,
  })
  return {
    mode: facts.mode,
    hierarchies: facts.hierarchies.map(({ controllers, mountpoint }) => place(mountpoint, controllers)),
    ...(facts.unified ? { unified: place(facts.unified.mountpoint, []) } : {}),
    unit,
  }
}

function unusable(message: string): RuntimeError {
  return new RuntimeError('SPEC_INVALID', message, { pointer: '/linux/cgroupsPath' })
}
