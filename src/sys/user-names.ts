// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'

let names: ReadonlyMap<number, string> | undefined

/** The name of a user of the host, by /etc/passwd alone: a lookup through NSS would load libraries into this process. */
export function userName(uid: number): string | undefined {
  names ??= readNames()
  return names.get(uid)
}

function readNames(): ReadonlyMap<number, string> {
  const found = new Map<number, string>()
  try {
    for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
      const [name, , uid] = line.split(':')
      if (name && uid && !found.has(Number(uid))) found.set(Number(uid), name)
    }
  } catch {
    // Without that file nobody has a name.
  }
  return found
}
