// SPDX-License-Identifier: Apache-2.0
import { readCgroupFile } from './host-cgroup-file.ts'
import type { CgroupPlacement } from './place-cgroup.ts'

/** How many processes of a container's cgroup the kernel has killed for want of memory; 0 where it does not count them. */
export function countOomKills(placement: CgroupPlacement): number {
  const counts = readCgroupFile(countsFile(placement))
  const found = counts?.split('\n').find((line) => line.startsWith('oom_kill '))
  return found === undefined ? 0 : Number(found.slice('oom_kill '.length))
}

/** `memory.events` is there where the memory controller is, `oom_kill` in `memory.oom_control` since Linux 4.13. */
function countsFile({ hierarchies, unified }: CgroupPlacement): string {
  const v1 = hierarchies.find(({ controllers }) => controllers.includes('memory'))
  return v1 === undefined ? `${unified?.directory}/memory.events` : `${v1.directory}/memory.oom_control`
}
