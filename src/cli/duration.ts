// SPDX-License-Identifier: Apache-2.0

const MILLISECONDS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** Go counts nanoseconds in 63 bits: 292 years. */
const LONGEST = 2 ** 63 / 1e6

/** Milliseconds of a duration as Go writes it: `5s`, `1m30s`, `-1.5h`, `0`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, sign, rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? []
  if (rest === '0') return 0
  if (!/^((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return undefined
  let total = 0
  for (const [, number, unit = ''] of rest.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(number) * (MILLISECONDS[unit] ?? 0)
  }
  if (total > LONGEST) return undefined
  return sign === '-' ? -total : total
}
