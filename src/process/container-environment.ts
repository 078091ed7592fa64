// SPDX-License-Identifier: Apache-2.0
import type { ValidatedProcess } from '../spec/validated-spec.ts'

/**
 * The environment the program gets: of two values for a name the last wins, in its place, and HOME is never empty.
 * HOME is guessed from the uid; a caller that can read the container's /etc/passwd puts a better one into `env`.
 */
export function containerEnvironment({ env, user }: ValidatedProcess): string[] {
  const last = new Map<string, string>()
  for (const entry of env) {
    const name = nameOf(entry)
    last.delete(name)
    last.set(name, entry)
  }
  if ((last.get('HOME') ?? 'HOME=') === 'HOME=') last.set('HOME', `HOME=${user.uid === 0 ? '/root' : '/'}`)
  return [...last.values()]
}

/** The directories to look for the program in: PATH of this environment, empty when it has none. */
export function searchPathOf(env: readonly string[]): string {
  return env.findLast((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? ''
}

function nameOf(entry: string): string {
  const end = entry.indexOf('=')
  return end < 0 ? entry : entry.slice(0, end)
}
