// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Case } from './conformance-case.ts'

/** Mounts on the host below the case's directory, undone with the case. Returns the mount point. */
export function mountOnHost(c: Case, path: string, type: string, options: string): string {
  mkdirSync(path, { recursive: true })
  execFileSync('mount', ['-t', type, '-o', options, 'none', path])
  c.atEnd(() => {
    execFileSync('umount', [path])
  })
  return path
}

/** A tmpfs with a file, and another tmpfs with a file mounted on its directory `sub`, both with these options. */
export function mountTree(c: Case, options = 'rw'): string {
  const top = mountOnHost(c, join(c.directory, 'tree'), 'tmpfs', 'rw')
  writeFileSync(join(top, 'file'), 'top')
  const sub = mountOnHost(c, join(top, 'sub'), 'tmpfs', 'rw')
  writeFileSync(join(sub, 'file'), 'sub')
  for (const path of [top, sub]) execFileSync('mount', ['-o', `remount,bind,${options}`, path])
  return top
}
