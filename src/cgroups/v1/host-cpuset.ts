// SPDX-License-Identifier: Apache-2.0
import { dirname } from 'node:path'
import { failedTo } from '../../errors/runtime-error.ts'
import { readCgroupFile, writeCgroupFile } from '../host-cgroup-file.ts'
import type { PlacedCgroup } from '../place-cgroup.ts'

const FILES = ['cpuset.cpus', 'cpuset.mems'] as const

/**
 * A new v1 cpuset has no CPUs and no memory nodes and refuses processes: it gets those of its parent, which may be empty
 * too. Directories in `made` are known to be empty.
 */
export function inheritCpuset({ directory, mountpoint }: PlacedCgroup, made: readonly string[]): void {
  for (const file of FILES) inherit(file, directory, mountpoint, made)
}

function inherit(file: string, directory: string, mountpoint: string, made: readonly string[]): string {
  const path = `${directory}/${file}`
  const own = made.includes(directory) ? '' : (readCgroupFile(path) ?? '')
  if (own !== '' || directory === mountpoint) return own
  const inherited = inherit(file, dirname(directory), mountpoint, made)
  try {
    writeCgroupFile(path, inherited)
  } catch (error) {
    throw failedTo('CGROUP_FAILED', `cannot give ${directory} the ${file} of its parent`, error, { path })
  }
  return inherited
}
