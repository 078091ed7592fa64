// SPDX-License-Identifier: Apache-2.0
// This room owns what is in the container's /dev. Who may open a device is decided by cgroups.
import { posix } from 'node:path'
import { DEVICE_TYPES } from '../plan/kernel-flags.ts'
import type { Origin } from '../plan/launch-plan.ts'
import { noSlot, type RootfsPath } from '../plan/op.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import { isBindMount } from '../spec/queries.ts'
import type { ValidatedMount, ValidatedSpec } from '../spec/validated-spec.ts'
import { DEFAULT_DEVICES, DEFAULT_LINKS } from './default-devices.ts'

export interface DeviceContext {
  /** A user namespace may not create device nodes. */
  readonly bindsDevices: boolean
  /** The keeper opens the host's nodes, because a user namespace may not reach them. */
  readonly opensSources: boolean
}

interface PlannedDevice {
  readonly target: RootfsPath
  readonly type: keyof typeof DEVICE_TYPES
  readonly major: number
  readonly minor: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly origin: Origin
}

/** Default devices, `linux.devices` and the links programs expect; none where the host's own /dev is bound, as in runc. */
export function planDevices(spec: ValidatedSpec, context: DeviceContext, plan: PlanBuilder): void {
  if (hasHostDev(spec)) return
  for (const device of devicesOf(spec)) {
    if (context.bindsDevices && device.type !== 'p') planBoundDevice(device, context.opensSources, plan)
    else planDeviceNode(device, plan)
  }
  planLinks(plan)
}

function hasHostDev(spec: ValidatedSpec): boolean {
  const isHostDev = (mount: ValidatedMount) =>
    isBindMount(mount) && !mount.options.includes('remount') && posix.resolve('/', mount.destination) === '/dev'
  return spec.mounts.some(isHostDev)
}

/** A listed device takes the place of a default one with the same path. /dev/ptmx is always a link. */
function devicesOf(spec: ValidatedSpec): Iterable<PlannedDevice> {
  const devices = new Map<string, PlannedDevice>()
  for (const { path, type, major, minor } of DEFAULT_DEVICES) {
    const owner = { uid: 0, gid: 0, mode: 0o666, origin: { reason: 'default device' } }
    devices.set(path, { target: path as string as RootfsPath, type, major, minor, ...owner })
  }
  spec.linux.devices.forEach(({ path, type, major = 0, minor = 0, fileMode = 0o666, uid = 0, gid = 0 }, i) => {
    const target = posix.resolve('/', path) as RootfsPath
    if (target === '/dev/ptmx') return
    // Engines leave the type bits of st_mode in fileMode (8630 is a character device with mode 0666).
    const mode = fileMode & 0o7777
    devices.set(target, {
      target,
      type,
      major,
      minor,
      mode,
      uid,
      gid,
      origin: { pointer: pointer('linux', 'devices', i) },
    })
  })
  return devices.values()
}

function planDeviceNode(
  { target, type, major, minor, mode, uid, gid, origin }: PlannedDevice,
  plan: PlanBuilder,
): void {
  const node = { target, type: DEVICE_TYPES[type], major, minor, mode, uid, gid }
  plan.append('setup', { op: 'make_device', ...node }, origin)
}

/** mknod(2) of devices is refused in a user namespace, so the host's own node is bound. */
function planBoundDevice(
  { target, type, major, minor, origin }: PlannedDevice,
  opensSources: boolean,
  plan: PlanBuilder,
): void {
  const source: string = target
  const slot = opensSources ? plan.slot(source) : noSlot
  if (opensSources) plan.append('keeper', { op: 'open_tree', slot, source, recursive: false }, origin)
  const device = { target, source, slot, type: DEVICE_TYPES[type], major, minor }
  plan.append('setup', { op: 'bind_device', ...device }, origin)
}

/** What the image has under one of these names stays: nothing of it is deleted. */
function planLinks(plan: PlanBuilder): void {
  for (const { path, content } of DEFAULT_LINKS) {
    const target = path as string as RootfsPath
    plan.append('setup', { op: 'make_symlink', target, content, replace: false }, { reason: 'default link' })
  }
}
