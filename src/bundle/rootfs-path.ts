// SPDX-License-Identifier: Apache-2.0
import { lstatSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { failedTo, RuntimeError } from '../errors/runtime-error.ts'

/**
 * The real path of the root filesystem: `root.path` of config.json, taken from the bundle when relative
 * (config.md, Root). Throws ROOTFS_INVALID unless it is a directory; as in runc a symbolic link to one is refused.
 */
export function resolveRootfs(bundlePath: string, rootPath: string): string {
  const path = resolve(bundlePath, rootPath)
  const details = { pointer: '/root/path', path }
  const action = `cannot use ${path} as root filesystem`
  try {
    const stat = lstatSync(path)
    if (stat.isDirectory()) return realpathSync.native(path)
    const reason = stat.isSymbolicLink() ? 'it is a symbolic link' : 'it is not a directory'
    throw new RuntimeError('ROOTFS_INVALID', `${action}: ${reason}`, details)
  } catch (error) {
    throw failedTo('ROOTFS_INVALID', action, error, details)
  }
}
