// SPDX-License-Identifier: Apache-2.0
import { cpuListProblem } from '../../spec/cpu-list.ts'
import { INFINITY, limit, type UnitProperty } from './unit-property.ts'

/** How this systemd is told what more than one field of config.json can ask for. */
export interface SharedProperties {
  readonly idleByWeight: boolean
  cpuQuota(quota: bigint, period: bigint): UnitProperty[]
  cpuset(name: string, list: string): UnitProperty[]
}

const LIMITS: Readonly<Record<string, string>> = {
  'cpu.weight': 'CPUWeight',
  'memory.high': 'MemoryHigh',
  'memory.low': 'MemoryLow',
  'memory.max': 'MemoryMax',
  'memory.min': 'MemoryMin',
  'memory.swap.max': 'MemorySwapMax',
  'pids.max': 'TasksMax',
}
const CPUSETS: Readonly<Record<string, string>> = {
  'cpuset.cpus': 'AllowedCPUs',
  'cpuset.mems': 'AllowedMemoryNodes',
}

/**
 * Those files of `unified` that systemd has properties for, in the order of config.json. A value that is none is left to
 * the kernel, which says so when the file is written.
 */
export function unifiedProperties(unified: Readonly<Record<string, string>>, shared: SharedProperties): UnitProperty[] {
  const isIdle = shared.idleByWeight && unified['cpu.idle']?.trim() === '1'
  return Object.entries(unified).flatMap(([file, text]) => {
    const value = text.trim()
    if (file === 'cpu.idle') return isIdle ? [limit('CPUWeight', 0n)] : []
    // A weight would take the group out of idling again.
    if (file === 'cpu.weight' && isIdle) return []
    if (file === 'cpu.max') return quotaProperties(value, shared)
    const cpuset = CPUSETS[file]
    if (cpuset !== undefined) {
      return cpuListProblem(value) === undefined ? shared.cpuset(cpuset, value.replaceAll(' ', '')) : []
    }
    const name = LIMITS[file]
    const number = name === undefined ? undefined : numberOf(value)
    return name === undefined || number === undefined ? [] : [limit(name, number)]
  })
}

/** `max 100000` or `50000 100000`, the period optional. */
function quotaProperties(value: string, shared: SharedProperties): UnitProperty[] {
  const [quotaText = '', periodText = '100000', ...more] = value.split(/\s+/)
  const [quota, period] = [numberOf(quotaText), numberOf(periodText)]
  if (more.length > 0 || quota === undefined || period === undefined || period === 0n || period === INFINITY) return []
  return shared.cpuQuota(quota === INFINITY ? -1n : quota, period)
}

function numberOf(text: string): bigint | undefined {
  if (text === 'max') return INFINITY
  return /^\d{1,19}$/.test(text) ? BigInt(text) : undefined
}
