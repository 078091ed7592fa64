// SPDX-License-Identifier: Apache-2.0

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** Bytes in the largest unit of which there is at least one: `12.3 MiB`. */
export function sizeText(bytes: number): string {
  let [amount, unit] = [bytes, 0]
  for (; amount >= 1024 && unit < UNITS.length - 1; unit++) amount /= 1024
  return `${Number(amount.toFixed(1))} ${UNITS[unit]}`
}

/** Seconds as one number of the unit that fits: `0.25 s`, `4 min`, `3 h`, `12 days`. */
export function durationText(seconds: number): string {
  if (seconds < 120) return `${seconds < 10 ? Number(seconds.toFixed(2)) : Math.floor(seconds)} s`
  if (seconds < 120 * 60) return `${Math.floor(seconds / 60)} min`
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86400)} days`
}
