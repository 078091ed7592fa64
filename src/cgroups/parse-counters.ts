// SPDX-License-Identifier: Apache-2.0
import type { ContainerStats, HugetlbStats, PressureEntry, PressureStats, StatFiles } from './container-stats.ts'

/** No limit, where the kernel says `max`: what runc reports for it. */
export const UNLIMITED = 2n ** 64n - 1n

/** A file of one number; 0 where it is missing, undefined or not a number. */
export function parseCounter(text: string | undefined): bigint {
  if (text === undefined) return 0n
  if (text === 'max') return UNLIMITED
  return /^-?\d+$/.test(text) ? BigInt(text) : 0n
}

/** Lines of a name and a number, as in memory.stat and cpu.stat. */
export function parseKeyedCounters(text: string | undefined): Record<string, bigint> {
  const counters: Record<string, bigint> = {}
  for (const line of (text ?? '').split('\n')) {
    const space = line.indexOf(' ')
    if (space > 0) counters[line.slice(0, space)] = parseCounter(line.slice(space + 1).trim())
  }
  return counters
}

/** The numbers of a list such as `0-2,7` (cpuset(7), List format). */
export function parseNumberList(text: string | undefined): number[] {
  const numbers: number[] = []
  for (const range of (text ?? '').split(',').filter((each) => each !== '')) {
    const [first = 0, last = first] = range.split('-').map(Number)
    for (let number = first; number <= last; number += 1) numbers.push(number)
  }
  return numbers
}

/** A pressure file; undefined where the kernel has none or PSI is switched off. */
function parsePressure(text: string | undefined): PressureStats | undefined {
  if (!text) return undefined
  const lines = text.split('\n')
  const entry = (name: string) => parsePressureLine(lines.find((line) => line.startsWith(`${name} `)))
  return { some: entry('some'), full: entry('full') }
}

function parsePressureLine(line = ''): PressureEntry {
  const values = new Map(line.split(' ').map((field) => field.split('=') as [string, string | undefined]))
  const average = (name: string) => Number(values.get(name) ?? 0)
  return {
    avg10: average('avg10'),
    avg60: average('avg60'),
    avg300: average('avg300'),
    total: parseCounter(values.get('total')),
  }
}

/** The pressure of a resource as a member, for where there is some. */
export function pressureOf(files: StatFiles, resource: 'cpu' | 'memory' | 'io'): { readonly psi?: PressureStats } {
  const psi = parsePressure(files.read('unified', `${resource}.pressure`))
  return psi === undefined ? {} : { psi }
}

/** The pids controller has the same files on v1 and v2. */
export function parsePids(files: StatFiles): ContainerStats['pids'] {
  const limit = files.read('pids', 'pids.max')
  return {
    current: parseCounter(files.read('pids', 'pids.current')),
    limit: limit === 'max' ? 0n : parseCounter(limit),
  }
}

/** The page sizes of the `hugetlb.SIZE.…` files, by name, with what `read` makes of each. */
export function hugetlbBySize(
  files: StatFiles,
  read: (prefix: string) => HugetlbStats,
): Readonly<Record<string, HugetlbStats>> {
  const sizes = new Set(files.names('hugetlb').map((name) => /^hugetlb\.(\d+[KMG]B)\./.exec(name)?.[1]))
  const known = [...sizes].filter((size) => size !== undefined).sort()
  return Object.fromEntries(known.map((size) => [size, read(`hugetlb.${size}`)]))
}
