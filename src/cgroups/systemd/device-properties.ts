// SPDX-License-Identifier: Apache-2.0
import type { CgroupMode } from '../cgroup-facts.ts'
import { type DeviceAccess, type DeviceException, describeAccess } from '../device-access.ts'
import type { ResourceWrite } from '../resource-write.ts'
import { planDeviceWrites } from '../v1/device-writes.ts'
import { property, type UnitProperty } from './unit-property.ts'

/**
 * Device access in systemd's words. The container's own rules are in force beside it: on v2 both filters have to agree,
 * so systemd's may allow more; on v1 both write to one file, which systemd rewrites when it is reloaded, so that its
 * list must never allow more.
 */
export function deviceProperties({ allowByDefault, exceptions }: DeviceAccess, mode: CgroupMode): UnitProperty[] {
  const isOpen = allowByDefault && (mode === 'v2' || exceptions.length === 0)
  // systemd has no way to say "all but these".
  const allowed = allowByDefault ? [] : exceptions.flatMap((exception) => deviceEntry(exception, mode))
  return [
    property('DevicePolicy', 's', isOpen ? 'auto' : 'strict'),
    // The first empties the list that a unit has already.
    property('DeviceAllow', 'a(ss)', []),
    ...(allowed.length === 0 ? [] : [property('DeviceAllow', 'a(ss)', allowed)]),
  ]
}

/** The rules that are in force on v1, where systemd's list allows less: it knows no denial, and no minor number alone. */
export function untoldDeviceWrites(access: DeviceAccess, mode: CgroupMode): ResourceWrite[] {
  const isTold = ({ major, minor }: DeviceException) => minor === undefined || major !== undefined
  const { allowByDefault, exceptions } = access
  if (mode === 'v2' || (allowByDefault ? exceptions.length === 0 : exceptions.every(isTold))) return []
  return planDeviceWrites(access)
}

/** A number for a whole group of devices is understood since systemd 240, as is a device without a file in /dev. */
function deviceEntry({ type, major, minor, access }: DeviceException, mode: CgroupMode): [string, string][] {
  const kind = type === 'b' ? 'block' : 'char'
  const perms = describeAccess(access)
  if (major !== undefined && minor !== undefined) return [[`/dev/${kind}/${major}:${minor}`, perms]]
  if (minor === undefined) return [[`${kind}-${major ?? '*'}`, perms]]
  return mode === 'v2' ? [[`${kind}-*`, perms]] : []
}
