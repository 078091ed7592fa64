// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupDirectoryOf, isPureV2 } from './cgroup-files.ts'

/** Freezes the cgroup of a process, as `pause` does, and returns how to thaw it, which may be done twice. */
export function pauseByHand(pid: number): () => void {
  const directory = cgroupDirectoryOf(pid, 'freezer')
  const [file, frozen, thawed] = isPureV2() ? ['cgroup.freeze', '1', '0'] : ['freezer.state', 'FROZEN', 'THAWED']
  const path = join(directory, file)
  writeFileSync(path, frozen)
  return () => writeFileSync(path, thawed)
}
