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

/** A loop device with a new filesystem of this type. */
export function deviceWith(c: Case, type: string): string {
  const image = join(c.directory, `${type}.img`)
  // The least that mkfs.xfs(8) takes; the file is sparse.
  execFileSync('truncate', ['--size', '300M', image])
  execFileSync(`mkfs.${type}`, ['-q', image])
  const device = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim()
  c.atEnd(() => {
    execFileSync('losetup', ['--detach', device])
  })
  return device
}

/** A new filesystem of this type in an image, mounted below the case's directory. */
export function mountImage(c: Case, type: string): string {
  const device = deviceWith(c, type)
  const path = join(c.directory, type)
  mkdirSync(path)
  execFileSync('mount', ['-t', type, device, path])
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
