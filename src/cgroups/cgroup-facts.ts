// SPDX-License-Identifier: Apache-2.0
// This room owns cgroups: where a container's are, what is written to them and when they go. It never starts a process.
import { unescapeOctal } from '../sys/mountinfo.ts'

export type CgroupMode = 'v1' | 'hybrid' | 'v2'

/** A mounted cgroup v1 hierarchy and where this process is in it, as a path below the mountpoint. */
export interface CgroupHierarchy {
  /** Controllers as the kernel lists them; a named hierarchy without any is `['name=systemd']`. */
  readonly controllers: readonly string[]
  readonly mountpoint: string
  readonly ownPath: string
}

export type UnifiedHierarchy = Omit<CgroupHierarchy, 'controllers'>

/** What the host says about its cgroups: v1 hierarchies, the unified one, or both (hybrid). */
export interface CgroupFacts {
  readonly mode: CgroupMode
  readonly hierarchies: readonly CgroupHierarchy[]
  readonly unified?: UnifiedHierarchy
}

export interface CgroupMembership {
  readonly controllers: readonly string[]
  readonly path: string
}

export interface CgroupMount {
  readonly mountpoint: string
  /** The directory of the hierarchy that is visible at the mountpoint. */
  readonly root: string
  readonly type: 'cgroup' | 'cgroup2'
  readonly options: readonly string[]
}

/** The lines of /proc/PID/cgroup (cgroups(7)); the unified hierarchy has no controllers. */
export function parseProcCgroup(text: string): CgroupMembership[] {
  const memberships: CgroupMembership[] = []
  for (const line of text.split('\n')) {
    const first = line.indexOf(':')
    const second = line.indexOf(':', first + 1)
    if (second < 0) continue
    const names = line.slice(first + 1, second)
    memberships.push({ controllers: names === '' ? [] : names.split(','), path: line.slice(second + 1) })
  }
  return memberships
}

/** The cgroup mounts of /proc/PID/mountinfo (proc_pid_mountinfo(5)). Other lines, often thousands, are not taken apart. */
export function parseCgroupMounts(mountinfo: string): CgroupMount[] {
  const mounts: CgroupMount[] = []
  for (let at = mountinfo.indexOf(' - cgroup'); at >= 0; at = mountinfo.indexOf(' - cgroup', at + 1)) {
    const end = mountinfo.indexOf('\n', at)
    const before = mountinfo.slice(mountinfo.lastIndexOf('\n', at) + 1, at).split(' ')
    const [type, , options] = mountinfo.slice(at + 3, end < 0 ? undefined : end).split(' ')
    const [, , , root, mountpoint] = before
    if (root === undefined || mountpoint === undefined || options === undefined) continue
    if (type !== 'cgroup' && type !== 'cgroup2') continue
    mounts.push({ mountpoint: unescapeOctal(mountpoint), root: unescapeOctal(root), type, options: options.split(',') })
  }
  return mounts
}

/** Facts from mounts and memberships. A hierarchy that is not mounted is left out: nothing can be done with it. */
export function deriveCgroupFacts(
  mounts: readonly CgroupMount[],
  memberships: readonly CgroupMembership[],
): CgroupFacts {
  const hierarchies: CgroupHierarchy[] = []
  let unified: UnifiedHierarchy | undefined
  for (const { controllers, path } of memberships) {
    const mount = findMount(mounts, controllers)
    if (mount === undefined) continue
    const place = { mountpoint: mount.mountpoint, ownPath: pathBelow(mount.root, path) }
    if (controllers.length === 0) unified = place
    else hierarchies.push({ controllers, ...place })
  }
  const mode = hierarchies.length === 0 ? 'v2' : unified === undefined ? 'v1' : 'hybrid'
  return { mode, hierarchies, ...(unified ? { unified } : {}) }
}

/** A hierarchy may be mounted several times, in a container's rootfs for example: the usual place is preferred. */
function findMount(mounts: readonly CgroupMount[], controllers: readonly string[]): CgroupMount | undefined {
  const type = controllers.length === 0 ? 'cgroup2' : 'cgroup'
  let found: CgroupMount | undefined
  for (const mount of mounts) {
    if (mount.type !== type || !controllers.every((controller) => mount.options.includes(controller))) continue
    if (mount.mountpoint.startsWith('/sys/fs/cgroup')) return mount
    found ??= mount
  }
  return found
}

/** In a container without a cgroup namespace, the mount shows a part of the hierarchy but /proc names the whole path. */
function pathBelow(root: string, path: string): string {
  if (root === '/' || root === '') return path
  if (path === root) return '/'
  return path.startsWith(`${root}/`) ? path.slice(root.length) : path
}
