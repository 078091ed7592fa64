// SPDX-License-Identifier: Apache-2.0
import { errnoName } from '../errors/errno-names.ts'
import { MOUNT } from './constants.ts'
import { callOrErrno, systemCallFailed } from './syscall.ts'

/** Detaches the mount at `path` with all below it (umount2(2)); a path that is no mount point is fine. */
export function detachMounts(path: string): void {
  const result = callOrErrno('umount2', Buffer.from(`${path}\0`), MOUNT.MNT_DETACH | MOUNT.UMOUNT_NOFOLLOW)
  if (result >= 0 || ['EINVAL', 'ENOENT'].includes(errnoName(-result))) return
  throw systemCallFailed(`cannot unmount ${path}`, 'umount2', -result)
}
