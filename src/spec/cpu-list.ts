// SPDX-License-Identifier: Apache-2.0
import { showValue } from './show-value.ts'

/** What is wrong with a list of CPUs or memory nodes in the kernel's list format, if anything: `0-3,7` is right. */
export function cpuListProblem(list: string | undefined): string | undefined {
  if (list === undefined) return undefined
  const isRight = list.split(',').every((part) => isRange(part.trim()))
  return isRight ? undefined : `must be a list such as 0-3,7, found ${showValue(list)}`
}

function isRange(text: string): boolean {
  const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text)
  return match !== null && Number(match[2] ?? match[1]) >= Number(match[1])
}

/** The numbers of a list in the kernel's format, which must be right and short; none for an empty one. */
export function expandCpuList(list: string): number[] {
  if (list === '') return []
  return list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}

/** The highest number in a list that is right; -1 for an empty one. */
export function highestInCpuList(list: string): number {
  return list === '' ? -1 : Math.max(...list.split(/[,-]/).map(Number))
}
