// SPDX-License-Identifier: Apache-2.0
import { dirname } from 'node:path'
import { readCgroupFile } from './host-cgroup-file.ts'
import type { CgroupPlacement } from './place-cgroup.ts'

/**
 * How many processes of a container's cgroup the kernel has killed for want of memory; undefined where it does not count
 * them, or the cgroup is gone.
 */
export function countOomKills(placement: CgroupPlacement): number | undefined {
  return oomKillsIn(countsFile(placement))
}

/**
 * The same with those in everything beside it, below the parent; undefined where the kernel does not add them up. For a
 * cgroup that another may remove as soon as its process is dead, and its count with it.
 */
export function countOomKillsAround({ mode, unified }: CgroupPlacement): number | undefined {
  return mode === 'v2' && unified ? oomKillsIn(`${dirname(unified.directory)}/memory.events`) : undefined
}

function oomKillsIn(file: string): number | undefined {
  const counts = readCgroupFile(file)
  const found = counts?.split('\n').find((line) => line.startsWith('oom_kill '))
  return found === undefined ? undefined : Number(found.slice('oom_kill '.length))
}

/** `memory.events` is there where the memory controller is, `oom_kill` in `memory.oom_control` since Linux 4.13. */
function countsFile({ hierarchies, unified }: CgroupPlacement): string {
  const v1 = hierarchies.find(({ controllers }) => controllers.includes('memory'))
  return v1 === undefined ? `${unified?.directory}/memory.events` : `${v1.directory}/memory.oom_control`
}
