// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path'
import type { RootfsPath } from '../plan/op.ts'

export const ROOT = '/' as RootfsPath

/** A path of config.json as the container sees it: relative ones start at `/` (config.md, Mounts), `.` and `..` are taken out. */
export function rootfsPath(path: string): RootfsPath {
  return posix.resolve('/', path) as RootfsPath
}

/** `path` is `ancestor` or below it; both as `rootfsPath` makes them. */
export function isAtOrBelow(path: string, ancestor: string): boolean {
  return path === ancestor || ancestor === '/' || path.startsWith(`${ancestor}/`)
}
