// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from 'node:fs'
import { errnoName } from '../errors/errno-names.ts'
import { cString } from './c-string.ts'
import { MOUNT } from './constants.ts'
import { unescapeOctal } from './mountinfo.ts'
import { callOrErrno, systemCallFailed } from './syscall.ts'

/** The mounts at a path and below it at one moment, by the ids that their mount namespace has for them. */
export interface KnownMounts {
  /** Inode number of the mount namespace. */
  readonly namespace: number
  readonly ids: readonly number[]
}

interface Mount {
  readonly id: number
  readonly point: string
}

/** What is mounted now at `path`, which has no symbolic links, and below it. */
export function knownMounts(path: string): KnownMounts {
  return { namespace: ownNamespace(), ids: mountsBelow(path).map(({ id }) => id) }
}

/**
 * Detaches what is mounted at `path` and below it and was not known (umount2(2)), newest first. Nothing in another mount
 * namespace, nor at the host's root: there it cannot be told who mounted it.
 */
export function detachNewMounts(path: string, known: KnownMounts): void {
  if (path === '/' || known.namespace !== ownNamespace()) return
  for (const { id, point } of mountsBelow(path).reverse()) if (!known.ids.includes(id)) detach(point)
}

function ownNamespace(): number {
  return statSync('/proc/self/ns/mnt').ino
}

/** Of proc_pid_mountinfo(5): parents first. */
function mountsBelow(path: string): Mount[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n').map(parseMount)
  return mounts.filter(({ point }) => point === path || point.startsWith(`${path}/`))
}

function parseMount(line: string): Mount {
  const [id, , , , point = ''] = line.split(' ')
  return { id: Number(id), point: unescapeOctal(point) }
}

function detach(path: string): void {
  const result = callOrErrno('umount2', cString(path), MOUNT.MNT_DETACH | MOUNT.UMOUNT_NOFOLLOW)
  if (result >= 0 || ['EINVAL', 'ENOENT'].includes(errnoName(-result))) return
  throw systemCallFailed(`cannot unmount ${path}`, 'umount2', -result)
}
