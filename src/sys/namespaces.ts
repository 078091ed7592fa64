// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs'
import { NSFS } from './constants.ts'
import { Fd } from './fd.ts'
import { call } from './syscall.ts'

/** Whether the mount namespace of this process belongs to its user namespace (ioctl_ns(2), NS_GET_USERNS, Linux 4.9). */
export function ownsMountNamespace(): boolean {
  const namespace = openSync('/proc/self/ns/mnt', constants.O_RDONLY)
  try {
    const owner = new Fd(
      call('cannot ask for the owner of the mount namespace', 'ioctl', namespace, NSFS.NS_GET_USERNS, 0),
    )
    const isOurs = fstatSync(owner.number).ino === statSync('/proc/self/ns/user').ino
    owner.close()
    return isOurs
  } catch {
    // EPERM: the owner is a user namespace further out.
    return false
  } finally {
    closeSync(namespace)
  }
}
