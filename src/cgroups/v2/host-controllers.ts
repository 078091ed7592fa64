// SPDX-License-Identifier: Apache-2.0
import { dirname } from 'node:path'
import { errnoOf, failedTo, RuntimeError } from '../../errors/runtime-error.ts'
import { readCgroupFile, writeCgroupFile } from '../host-cgroup-file.ts'
import type { PlacedCgroup } from '../place-cgroup.ts'

/** Enables every controller a parent has in all parents of a cgroup, from the top, as runc does (cgroups(7)). */
export function enableControllers({ directory, mountpoint }: PlacedCgroup): void {
  for (const parent of parentsOf(directory, mountpoint)) {
    const available = words(readCgroupFile(`${parent}/cgroup.controllers`))
    const enabled = words(readCgroupFile(`${parent}/cgroup.subtree_control`))
    enable(
      parent,
      available.filter((controller) => !enabled.includes(controller)),
    )
  }
  settleType(directory)
}

/** One by one when not all together: a controller can be refused alone, and is missed only by a limit that needs it. */
function enable(parent: string, controllers: readonly string[]): void {
  if (controllers.length === 0 || tryWrite(parent, controllers)) return
  for (const controller of controllers) tryWrite(parent, [controller])
}

function tryWrite(parent: string, controllers: readonly string[]): boolean {
  const path = `${parent}/cgroup.subtree_control`
  try {
    writeCgroupFile(path, controllers.map((controller) => `+${controller}`).join(' '))
    return true
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === undefined || errno === 'EROFS') {
      throw failedTo('CGROUP_FAILED', `cannot enable cgroup controllers in ${path}`, error, { path })
    }
    return false
  }
}

/** Below a threaded cgroup a new one is `domain invalid`: nobody can enter until it is threaded too. */
function settleType(directory: string): void {
  const path = `${directory}/cgroup.type`
  if (readCgroupFile(path) !== 'domain invalid') return
  try {
    writeCgroupFile(path, 'threaded')
  } catch (error) {
    throw failedTo('CGROUP_FAILED', `cannot enter cgroup ${directory}, which is "domain invalid"`, error, {
      path,
      pointer: '/linux/cgroupsPath',
      hint: 'place the container below a cgroup that is not threaded',
    })
  }
}

function parentsOf(directory: string, mountpoint: string): string[] {
  if (!directory.startsWith(`${mountpoint}/`)) {
    throw new RuntimeError('BUG', `cgroup ${directory} is not below its mount ${mountpoint}`)
  }
  const parents: string[] = []
  for (let path = directory; path !== mountpoint; ) {
    path = dirname(path)
    parents.unshift(path)
  }
  return parents
}

function words(text: string | undefined): string[] {
  return text ? text.split(' ') : []
}
