// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { failedTo, RuntimeError } from '../errors/runtime-error.ts'
import { type CgroupFacts, deriveCgroupFacts, parseCgroupMounts, parseProcCgroup } from './cgroup-facts.ts'

/** Reads the cgroup mounts and the own cgroups of this process from /proc. Throws CGROUP_FAILED when there are none. */
export function readCgroupFacts(): CgroupFacts {
  const facts = deriveCgroupFacts(
    parseCgroupMounts(read('/proc/self/mountinfo')),
    parseProcCgroup(read('/proc/self/cgroup')),
  )
  if (facts.hierarchies.length > 0 || facts.unified !== undefined) return facts
  throw new RuntimeError(
    'CGROUP_FAILED',
    'cannot find cgroups on this host: /proc/self/mountinfo shows no cgroup mount',
    { hint: 'mount the unified hierarchy: mount -t cgroup2 none /sys/fs/cgroup' },
  )
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw failedTo('CGROUP_FAILED', `cannot read ${path}`, error, { path })
  }
}
