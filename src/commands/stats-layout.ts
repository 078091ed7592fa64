// SPDX-License-Identifier: Apache-2.0
import {
  BLKIO_COUNTERS,
  type BlkioStats,
  type ContainerStats,
  type CpuStats,
  type CpusetStats,
  type HugetlbStats,
  type MemoryEntry,
  type MemoryStats,
  type PressureStats,
} from '../cgroups/container-stats.ts'
import type { RdtStats } from '../rdt/host-rdt-stats.ts'
import { type JsonValue, unlessEmpty } from './json-line.ts'

/** The `data` of runc's stats events: its names, its order, and left out what it leaves out. */
export function statsLayout(stats: ContainerStats, rdt: RdtStats): JsonValue {
  return {
    cpu: cpu(stats.cpu),
    cpuset: cpuset(stats.cpuset),
    memory: memory(stats.memory),
    pids: { current: unlessEmpty(stats.pids.current), limit: unlessEmpty(stats.pids.limit) },
    blkio: blkio(stats.blkio),
    hugetlb: hugetlb(stats.hugetlb),
    intel_rdt: rdt as { readonly [name: string]: JsonValue | undefined },
    // runc lists the interfaces that it made itself, which a runtime never does for OCI bundles.
    network_interfaces: null,
  }
}

function cpu({ usage, throttling, psi }: CpuStats): JsonValue {
  return {
    usage: {
      total: unlessEmpty(usage.total),
      percpu: unlessEmpty(usage.percpu),
      percpu_kernel: unlessEmpty(usage.percpuKernel),
      percpu_user: unlessEmpty(usage.percpuUser),
      kernel: usage.kernel,
      user: usage.user,
    },
    throttling: {
      periods: unlessEmpty(throttling.periods),
      throttledPeriods: unlessEmpty(throttling.throttledPeriods),
      throttledTime: unlessEmpty(throttling.throttledTime),
    },
    psi: pressure(psi),
  }
}

function pressure(psi: PressureStats | undefined): JsonValue | undefined {
  return psi && { some: { ...psi.some }, full: { ...psi.full } }
}

function cpuset(stats: CpusetStats): JsonValue {
  return {
    cpus: unlessEmpty(stats.cpus),
    cpu_exclusive: stats.cpuExclusive,
    mems: unlessEmpty(stats.mems),
    mem_hardwall: stats.memHardwall,
    mem_exclusive: stats.memExclusive,
    memory_migrate: stats.memoryMigrate,
    memory_spread_page: stats.memorySpreadPage,
    memory_spread_slab: stats.memorySpreadSlab,
    memory_pressure: stats.memoryPressure,
    sched_load_balance: stats.schedLoadBalance,
    sched_relax_domain_level: stats.schedRelaxDomainLevel,
  }
}

function memory({ cache, usage, swap, kernel, kernelTCP, raw, psi }: MemoryStats): JsonValue {
  return {
    cache: unlessEmpty(cache),
    usage: memoryEntry(usage),
    swap: memoryEntry(swap),
    kernel: memoryEntry(kernel),
    kernelTCP: memoryEntry(kernelTCP),
    raw: unlessEmpty(byName(raw)),
    psi: pressure(psi),
  }
}

function memoryEntry({ limit, usage, max, failcnt }: MemoryEntry): JsonValue {
  return { limit, usage: unlessEmpty(usage), max: unlessEmpty(max), failcnt }
}

function blkio({ psi, ...counters }: BlkioStats): JsonValue {
  const members = BLKIO_COUNTERS.map((name) => {
    const entries = (counters[name] ?? []).map(({ major, minor, op, value }) => ({
      major: unlessEmpty(major),
      minor: unlessEmpty(minor),
      op: unlessEmpty(op),
      value: unlessEmpty(value),
    }))
    return [name, unlessEmpty(entries)] as const
  })
  return { ...Object.fromEntries(members), psi: pressure(psi) }
}

function hugetlb(bySize: Readonly<Record<string, HugetlbStats>>): JsonValue {
  const entries = Object.entries(bySize).map(([size, { usage, max, failcnt }]) => {
    return [size, { usage: unlessEmpty(usage), max: unlessEmpty(max), failcnt }] as const
  })
  return Object.fromEntries(entries)
}

/** As Go prints maps. */
function byName<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
}
