// SPDX-License-Identifier: Apache-2.0

const MIN_SHARES = 2
const MAX_SHARES = 262_144
const MAX_WEIGHT = 10_000

/**
 * `cpu.shares` (2 to 262144, default 1024) as `cpu.weight` (1 to 10000, default 100). The curve through these three
 * points is the one runc 1.4, crun 1.23 and systemd agreed on in 2025; before, it was a line that made 1024 into 39.
 */
export function cpuWeight(shares: bigint): number {
  if (shares <= MIN_SHARES) return 1
  if (shares >= MAX_SHARES) return MAX_WEIGHT
  const log = Math.log2(Number(shares))
  return Math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34))
}

/** `blockIO.weight` (10 to 1000) as `io.weight` (1 to 10000). */
export function ioWeight(weight: number): number {
  return 1 + Math.trunc(((weight - 10) * 9999) / 990)
}

export function limitOrMax(value: bigint): string
export function limitOrMax(value: bigint | undefined): string | undefined
/** Anything negative means unlimited. */
export function limitOrMax(value: bigint | undefined): string | undefined {
  return value !== undefined && value < 0n ? 'max' : value?.toString()
}

/**
 * The spec's memory+swap as v2's swap alone; undefined means the file is left as it is. As on v1, lifting the memory
 * limit lifts that of swap too.
 */
export function swapMax(limit: bigint | undefined, swap: bigint | undefined): string | undefined {
  const isUnlimited = limit === undefined || limit < 0n
  if (swap === undefined) return limit !== undefined && isUnlimited ? 'max' : undefined
  if (swap < 0n || isUnlimited) return limitOrMax(swap)
  return String(swap - limit)
}
