// SPDX-License-Identifier: Apache-2.0

/** A line of /proc/PID/uid_map or gid_map (user_namespaces(7)), outside as the reader counts. */
export interface IdRange {
  readonly inside: number
  readonly outside: number
  readonly size: number
}

export function parseIdMap(text: string): IdRange[] {
  const ranges: IdRange[] = []
  for (const line of text.split('\n')) {
    const [inside, outside, size] = line.trim().split(/\s+/).map(Number)
    if (inside !== undefined && outside !== undefined && size !== undefined) ranges.push({ inside, outside, size })
  }
  return ranges
}

/** What an id of the reader is called inside; undefined where the map does not have it. */
export function insideOf(ranges: readonly IdRange[], id: number): number | undefined {
  for (const { inside, outside, size } of ranges) {
    if (id >= outside && id - outside < size) return inside + (id - outside)
  }
  return undefined
}
