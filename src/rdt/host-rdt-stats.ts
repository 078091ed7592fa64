// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ResctrlRecord } from './host-resctrl-group.ts'

type Numbers = { readonly [name: string]: bigint | undefined }

/** What runc prints of Intel RDT, in its order; absent is what this host does not have. */
export interface RdtStats {
  readonly l3_cache_info?: { readonly cbm_mask?: string; readonly min_cbm_bits?: bigint; readonly num_closids?: bigint }
  readonly l3_cache_schema_root?: string
  readonly l3_cache_schema?: string
  readonly mem_bw_info?: Numbers
  readonly mem_bw_schema_root?: string
  readonly mem_bw_schema?: string
  readonly mbm_stats?: readonly Numbers[]
  readonly cmt_stats?: readonly Numbers[]
}

/** The share of a container in cache and bandwidth and, of one that is monitored, what it uses. */
export function readRdtStats({ group, monitor }: ResctrlRecord, mountPoint: string): RdtStats {
  const info = (...names: string[]) => read(mountPoint, 'info', ...names)
  const count = (...names: string[]) => toCount(info(...names))
  const cbmMask = info('L3', 'cbm_mask')
  const bandwidthGran = count('MB', 'bandwidth_gran')
  return {
    ...(cbmMask !== undefined && {
      l3_cache_info: {
        cbm_mask: cbmMask,
        ...counted({ min_cbm_bits: count('L3', 'min_cbm_bits'), num_closids: count('L3', 'num_closids') }),
      },
      ...text('l3_cache_schema_root', schemaLine(mountPoint, 'L3:')),
      ...text('l3_cache_schema', schemaLine(group, 'L3:')),
    }),
    ...(bandwidthGran !== undefined && {
      mem_bw_info: counted({
        bandwidth_gran: bandwidthGran,
        delay_linear: count('MB', 'delay_linear'),
        min_bandwidth: count('MB', 'min_bandwidth'),
        num_closids: count('MB', 'num_closids'),
      }),
      ...text('mem_bw_schema_root', schemaLine(mountPoint, 'MB:')),
      ...text('mem_bw_schema', schemaLine(group, 'MB:')),
    }),
    ...monitoring(monitor ?? group, (info('L3_MON', 'mon_features') ?? '').split('\n')),
  }
}

/** One object for each domain of the L3 cache, by its number. */
function monitoring(group: string, features: readonly string[]): Pick<RdtStats, 'mbm_stats' | 'cmt_stats'> {
  const domains = namesIn(join(group, 'mon_data'))
    .filter((name) => name.startsWith('mon_L3_'))
    .sort()
  const each = (...names: string[]) =>
    domains.map((domain) =>
      counted(Object.fromEntries(names.map((name) => [name, toCount(read(group, 'mon_data', domain, name))]))),
    )
  return {
    ...(features.includes('mbm_total_bytes') && { mbm_stats: each('mbm_total_bytes', 'mbm_local_bytes') }),
    ...(features.includes('llc_occupancy') && { cmt_stats: each('llc_occupancy') }),
  }
}

function schemaLine(group: string, start: string): string | undefined {
  return (read(group, 'schemata') ?? '')
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line.startsWith(start))
}

function text<K extends string>(name: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]?: string })
}

/** Without what is 0, as Go's `omitempty` leaves it out. */
function counted(counts: Numbers): Numbers {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined && count !== 0n))
}

function toCount(text: string | undefined): bigint | undefined {
  return text !== undefined && /^\d+$/.test(text) ? BigInt(text) : undefined
}

/** Undefined where the file is missing: a processor without the feature, or a group that is gone. */
function read(...path: string[]): string | undefined {
  try {
    return readFileSync(join(...path), 'utf8').trim()
  } catch {
    return undefined
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
