// SPDX-License-Identifier: Apache-2.0
import { chownSync } from 'node:fs'
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import { isGone, readCgroupFile } from './host-cgroup-file.ts'
import type { CgroupPlacement } from './place-cgroup.ts'

/** What may be given away where the kernel does not say (config-linux.md, Cgroup ownership). */
const DEFAULT_FILES = 'cgroup.procs\ncgroup.subtree_control\ncgroup.threads'

/** Gives the unified directory and those files of it that set no limit of its own to a user, by uid on the host. */
export function delegateCgroup({ unified }: CgroupPlacement, uid: number): void {
  if (unified === undefined) return
  const names = (readCgroupFile('/sys/kernel/cgroup/delegate') ?? DEFAULT_FILES).split('\n')
  for (const name of ['.', ...names]) giveAway(`${unified.directory}/${name}`, uid)
}

/** The kernel names the files of every controller, also of those that this cgroup does not have. */
function giveAway(path: string, uid: number): void {
  try {
    chownSync(path, uid, -1)
  } catch (error) {
    if (isGone(error)) return
    throw failedTo('CGROUP_FAILED', `cannot give ${path} to user ${uid}`, error, {
      path,
      pointer: '/linux/cgroupsPath',
      ...(errnoOf(error) === 'EPERM' ? { hint: 'mount the cgroup read-only to keep its owner' } : {}),
    })
  }
}
