// SPDX-License-Identifier: Apache-2.0
import type { ValidatedResources } from '../../spec/validated-spec.ts'
import type { CgroupMode } from '../cgroup-facts.ts'
import { pidsMax } from '../v1/resource-writes.ts'
import { cpuWeight, swapMax } from '../v2/conversions.ts'
import { cpuBitmap } from './cpu-bitmap.ts'
import type { PlacedUnit } from './placed-unit.ts'
import { unifiedProperties } from './unified-properties.ts'
import { INFINITY, limit, property, type UnitProperty } from './unit-property.ts'

/** What the properties depend on besides config.json. */
export interface SystemdFacts {
  readonly mode: CgroupMode
  /** Its major version, as in 257. */
  readonly version: number
}

// The versions of systemd in which a property came, or came to be settable.
const SINCE = { CPUQuotaPeriodUSec: 242, AllowedCPUs: 244, idleByWeight: 252, OOMPolicy: 253 } as const
const DEFAULT_PERIOD = 100_000n

/** What makes a unit a container's: its place, and that what is below it belongs to somebody else. */
export function identityProperties({ name, slice }: PlacedUnit, mode: CgroupMode): UnitProperty[] {
  const isSlice = name.endsWith('.slice')
  return [
    property('Description', 's', `container ${name}`),
    ...(isSlice
      ? [property('Wants', 'as', [slice])]
      : [property('Slice', 's', slice), property('Delegate', 'b', true)]),
    ...['Memory', 'CPU', mode === 'v2' ? 'IO' : 'BlockIO', 'Tasks'].map((controller) =>
      property(`${controller}Accounting`, 'b', true),
    ),
    property('DefaultDependencies', 'b', false),
  ]
}

/** The limits of `linux.resources` that systemd knows; the files of the cgroup get all of them. */
export function limitProperties(resources: ValidatedResources, facts: SystemdFacts): UnitProperty[] {
  return facts.mode === 'v2' ? v2Properties(resources, facts) : v1Properties(resources, facts)
}

/** Can only be said when the unit is made. */
export function oomProperties({ unified }: ValidatedResources, { mode, version }: SystemdFacts): UnitProperty[] {
  const policy = { 0: 'continue', 1: 'kill' }[unified['memory.oom.group']?.trim() ?? '']
  if (mode !== 'v2' || version < SINCE.OOMPolicy || policy === undefined) return []
  return [property('OOMPolicy', 's', policy)]
}

function v2Properties(resources: ValidatedResources, facts: SystemdFacts): UnitProperty[] {
  const { memory, cpu, unified } = resources
  const swap = swapMax(memory.limit, memory.swap)
  const isIdle = cpu.idle === 1n && facts.version >= SINCE.idleByWeight
  return [
    ...optional('MemoryMax', memory.limit),
    ...optional('MemoryLow', memory.reservation),
    ...optional('MemorySwapMax', swap === 'max' ? INFINITY : swap === undefined ? undefined : BigInt(swap)),
    // systemd sets cpu.idle for this weight, and a weight beside it would lift that again.
    ...(isIdle ? [limit('CPUWeight', 0n)] : optional('CPUWeight', weightOf(cpu.shares))),
    ...cpuQuota(cpu.quota, cpu.period, facts),
    ...tasksMax(resources),
    ...cpusets(resources, facts),
    ...unifiedProperties(unified, {
      idleByWeight: facts.version >= SINCE.idleByWeight,
      cpuQuota: (quota, period) => cpuQuota(quota, period, facts),
      cpuset: (name, list) => cpuset(name, list, facts),
    }),
  ]
}

function v1Properties(resources: ValidatedResources, facts: SystemdFacts): UnitProperty[] {
  const { memory, cpu, blockIO } = resources
  return [
    ...optional('MemoryLimit', memory.limit),
    ...optional('CPUShares', cpu.shares),
    ...cpuQuota(cpu.quota, cpu.period, facts),
    ...optional('BlockIOWeight', blockIO.weight === undefined ? undefined : BigInt(blockIO.weight)),
    ...tasksMax(resources),
    ...cpusets(resources, facts),
  ]
}

function optional(name: string, value: bigint | undefined): UnitProperty[] {
  return value === undefined ? [] : [limit(name, value)]
}

function weightOf(shares: bigint | undefined): bigint | undefined {
  return shares === undefined ? undefined : BigInt(cpuWeight(shares))
}

function tasksMax({ pids }: ValidatedResources): UnitProperty[] {
  if (pids.limit === undefined) return []
  const max = pidsMax(pids.limit)
  return [limit('TasksMax', max === 'max' ? INFINITY : BigInt(max))]
}

/** systemd counts in whole percents of a CPU: less would be below what config.json allows. The period goes first. */
function cpuQuota(quota: bigint | undefined, period: bigint | undefined, { version }: SystemdFacts): UnitProperty[] {
  if (quota === undefined && period === undefined) return []
  const percents = ((quota ?? -1n) * 100n + (period ?? DEFAULT_PERIOD) - 1n) / (period ?? DEFAULT_PERIOD)
  return [
    ...(version >= SINCE.CPUQuotaPeriodUSec ? optional('CPUQuotaPeriodUSec', period) : []),
    limit('CPUQuotaPerSecUSec', (quota ?? -1n) < 0n ? INFINITY : percents * 10_000n),
  ]
}

function cpusets({ cpu }: ValidatedResources, facts: SystemdFacts): UnitProperty[] {
  return [...cpuset('AllowedCPUs', cpu.cpus, facts), ...cpuset('AllowedMemoryNodes', cpu.mems, facts)]
}

function cpuset(name: string, list: string | undefined, { version }: SystemdFacts): UnitProperty[] {
  if (list === undefined || version < SINCE.AllowedCPUs) return []
  return [property(name, 'ay', cpuBitmap(list))]
}
