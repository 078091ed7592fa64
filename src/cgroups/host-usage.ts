// SPDX-License-Identifier: Apache-2.0
import { statFiles } from './host-stats.ts'
import type { CgroupPlacement } from './place-cgroup.ts'

/** The few numbers of a container's cgroups that say how it is; what a host does not count is absent, no limit is null. */
export interface CgroupUsage {
  /** Bytes. */
  readonly memory?: { readonly usage: number; readonly peak?: number; readonly limit: number | null }
  readonly pids?: { readonly current: number; readonly limit: number | null }
  /** `limit` is how many CPUs the quota allows; `cpus` a list such as `0-3`. */
  readonly cpu?: { readonly usedSeconds: number; readonly limit: number | null; readonly cpus?: string }
}

/** What v1 writes for no limit: the highest signed number, less a page. */
const UNLIMITED = 2 ** 62

/** Reads the cgroups of a placement, whether they exist or not. */
export function readUsage(placement: CgroupPlacement): CgroupUsage {
  const files = statFiles(placement)
  const read: Read = (controller, v1File, v2File) => files.read(controller, placement.mode === 'v2' ? v2File : v1File)
  const memory = memoryOf(read)
  const pids = pidsOf(read)
  const cpu = cpuOf(read)
  return { ...(memory ? { memory } : {}), ...(pids ? { pids } : {}), ...(cpu ? { cpu } : {}) }
}

/** The content of a file, which has one name on v1 and another on v2. */
type Read = (controller: string, v1File: string, v2File: string) => string | undefined

function memoryOf(read: Read): CgroupUsage['memory'] {
  const usage = read('memory', 'memory.usage_in_bytes', 'memory.current')
  if (usage === undefined) return undefined
  const peak = read('memory', 'memory.max_usage_in_bytes', 'memory.peak')
  const limit = limitOf(read('memory', 'memory.limit_in_bytes', 'memory.max'))
  return { usage: Number(usage), ...(peak === undefined ? {} : { peak: Number(peak) }), limit }
}

function pidsOf(read: Read): CgroupUsage['pids'] {
  const current = read('pids', 'pids.current', 'pids.current')
  const limit = limitOf(read('pids', 'pids.max', 'pids.max'))
  return current === undefined ? undefined : { current: Number(current), limit }
}

/** v1 counts nanoseconds; v2 has microseconds in the first line of cpu.stat. */
function cpuOf(read: Read): CgroupUsage['cpu'] {
  const used = read('cpuacct', 'cpuacct.usage', 'cpu.stat')
  if (used === undefined) return undefined
  const microseconds = /^usage_usec (\d+)/m.exec(used)?.[1]
  const usedSeconds = microseconds === undefined ? Number(used) / 1e9 : Number(microseconds) / 1e6
  const cpus = read('cpuset', 'cpuset.effective_cpus', 'cpuset.cpus.effective')
  return { usedSeconds, limit: quotaOf(read), ...(cpus ? { cpus } : {}) }
}

/** v2 has quota and period in one file. */
function quotaOf(read: Read): number | null {
  const [quota, period] = (read('cpu', 'cpu.cfs_quota_us', 'cpu.max') ?? '').split(' ')
  const microseconds = period ?? read('cpu', 'cpu.cfs_period_us', 'cpu.max')
  return Number(quota) > 0 ? Number(quota) / Number(microseconds) : null
}

function limitOf(text: string | undefined): number | null {
  const limit = text === undefined ? Number.NaN : Number(text)
  return limit < UNLIMITED ? limit : null
}
