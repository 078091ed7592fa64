// SPDX-License-Identifier: Apache-2.0
import type { ValidatedProcess } from '../spec/validated-spec.ts'

/** Stands for the home directory that `find_home` finds. */
export const HOME_TO_BE_FOUND = 'HOME='

/** The environment the program gets: of two values for a name the last wins, in its place; no HOME means the user's. */
export function containerEnvironment({ env }: ValidatedProcess): string[] {
  const last = new Map<string, string>()
  for (const entry of env) {
    const name = nameOf(entry)
    last.delete(name)
    last.set(name, entry)
  }
  if (!last.has('HOME')) last.set('HOME', HOME_TO_BE_FOUND)
  const kept: string[] = []
  for (const entry of last.values()) kept.push(entry)
  return kept
}

/** The directories to look for the program in: PATH of this environment, empty when it has none. */
export function searchPathOf(env: readonly string[]): string {
  return env.findLast((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? ''
}

function nameOf(entry: string): string {
  const end = entry.indexOf('=')
  return end < 0 ? entry : entry.slice(0, end)
}

/** The environment has no HOME, or an empty one, which counts as none in runc too. */
export function lacksHome({ env }: ValidatedProcess): boolean {
  return (env.findLast((entry) => entry.startsWith('HOME=')) ?? HOME_TO_BE_FOUND) === HOME_TO_BE_FOUND
}
