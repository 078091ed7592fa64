// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants } from 'node:fs'
import { dirname } from 'node:path'
import type { PlacedCgroup } from './place-cgroup.ts'

/**
 * Whether this user may make a cgroup right below an existing one and move a process there. On v2 the kernel asks for
 * write access to cgroup.procs of the common ancestor, which the parent is (cgroups(7), Cgroup delegation containment).
 */
export function mayMakeCgroup({ controllers, directory }: PlacedCgroup): boolean {
  const parent = dirname(directory)
  return mayWrite(parent) && (controllers.length > 0 || mayWrite(`${parent}/cgroup.procs`))
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
