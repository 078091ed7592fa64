// SPDX-License-Identifier: Apache-2.0
import { MS } from '../plan/kernel-flags.ts'

/** What fsconfig(2) calls the absence of a flag; it has no word for the other flags, which no remount can take back. */
const CLEARING_WORDS: readonly (readonly [flag: number, word: string])[] = [
  [MS.RDONLY, 'rw'],
  [MS.SYNCHRONOUS, 'async'],
  [MS.MANDLOCK, 'nomand'],
  [MS.LAZYTIME, 'nolazytime'],
]

/** The words that take these MS_* flags back from a superblock that has them. */
export function superblockWords(flags: number): string[] {
  return CLEARING_WORDS.filter(([flag]) => flags & flag).map(([, word]) => word)
}
