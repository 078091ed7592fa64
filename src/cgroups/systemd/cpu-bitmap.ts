// SPDX-License-Identifier: Apache-2.0
import { expandCpuList } from '../../spec/cpu-list.ts'

/** A list such as `0-3,9` as systemd takes it: one bit a number, the lowest of the first byte first. */
export function cpuBitmap(list: string): number[] {
  const bytes: number[] = []
  for (const number of expandCpuList(list)) {
    const at = number >> 3
    while (bytes.length <= at) bytes.push(0)
    bytes[at] = (bytes[at] ?? 0) | (1 << (number & 7))
  }
  return bytes
}
