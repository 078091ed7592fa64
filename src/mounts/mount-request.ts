// SPDX-License-Identifier: Apache-2.0
import type { Origin } from '../plan/launch-plan.ts'
import type { RootfsPath } from '../plan/op.ts'
import { pointer } from '../spec/json-pointer.ts'
import { mapsIds } from '../spec/queries.ts'
import type { ValidatedMount, ValidatedSpec } from '../spec/validated-spec.ts'
import { type IdMap, idMapOf } from './id-map.ts'
import { type MountOptions, readMountOptions } from './read-mount-options.ts'
import { isAtOrBelow, rootfsPath } from './rootfs-path.ts'

/** One entry of `mounts`, understood. */
export interface MountRequest {
  readonly target: RootfsPath
  readonly type: string
  readonly source: string
  readonly options: MountOptions
  /** Read-only is set only after everything was put into the mount. */
  readonly readonlyLater: boolean
  /** `linux.mountLabel`: the SELinux label of new filesystems. */
  readonly label?: string
  /** Ids are mapped: of the top mount alone unless the option is ridmap. */
  readonly idMap?: IdMap
  readonly origin: Origin
}

export function readMounts(spec: ValidatedSpec): MountRequest[] {
  const mounts = spec.mounts.map((mount, i) => readMount(spec, mount, i))
  return mounts.map((mount, i) => {
    const isCovered = mounts
      .slice(i + 1)
      .some((later) => !later.options.remount && isAtOrBelow(mount.target, later.target))
    return { ...mount, readonlyLater: takesFiles(mount) && !isCovered }
  })
}

function readMount(spec: ValidatedSpec, mount: ValidatedMount, i: number): Omit<MountRequest, 'readonlyLater'> {
  const { destination, type = '', source = '' } = mount
  const options = readMountOptions(mount.options)
  const { mountLabel } = spec.linux
  const request = {
    target: rootfsPath(destination),
    type,
    source,
    options,
    origin: { pointer: pointer('mounts', i) },
    ...(mountLabel === undefined ? {} : { label: mountLabel }),
  }
  return mapsIds(mount) ? { ...request, idMap: idMapOf(spec, mount, i) } : request
}

/** Devices and links are put into /dev, and the targets of later mounts into a tmpfs. */
function takesFiles({ target, type, options }: Omit<MountRequest, 'readonlyLater'>): boolean {
  return target === '/dev' || (type === 'tmpfs' && options.bind === 'no' && !options.remount)
}

/** MOUNT_ATTR_* of a new filesystem: it has one mount, so options that reach submounts are like any other. */
export function attributesOf({ options: { attributes, recursive } }: MountRequest): number {
  return (attributes.set & ~recursive.clear) | recursive.set
}
