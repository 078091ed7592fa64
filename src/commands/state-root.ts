// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readFileSync } from 'node:fs'
import { RuntimeError } from '../errors/runtime-error.ts'
import { mapsEverything } from '../launch/host-facts.ts'

const HOST_ROOT = '/run/runts'
const OTHERS_WRITE = 0o022

/**
 * The directory of the container states where the caller names none: below $XDG_RUNTIME_DIR for whoever is not the
 * host's root, as with runc. Throws STATE_UNREADABLE when somebody else could have put something there.
 */
export function defaultStateRoot(): string {
  const own = process.env.XDG_RUNTIME_DIR
  // The XDG base directory specification has relative paths ignored.
  if (own === undefined || !own.startsWith('/') || isHostRoot()) return HOST_ROOT
  const root = `${own.replace(/\/+$/, '')}/runts`
  refuseForeign(root)
  return root
}

function isHostRoot(): boolean {
  if (process.geteuid?.() !== 0) return false
  return process.env.USER === 'root' || mapsEverything(readFileSync('/proc/self/uid_map', 'utf8'))
}

function refuseForeign(root: string): void {
  if (isPrivate(root)) return
  throw new RuntimeError(
    'STATE_UNREADABLE',
    `cannot use the state directory ${root}: it is not a private directory of this user`,
    {
      path: root,
      hint: 'set XDG_RUNTIME_DIR to a directory of your own, or give --root',
    },
  )
}

function isPrivate(root: string): boolean {
  try {
    const found = lstatSync(root, { throwIfNoEntry: false })
    if (found === undefined) return true
    return found.isDirectory() && found.uid === process.geteuid?.() && (found.mode & OTHERS_WRITE) === 0
  } catch {
    // EACCES: $XDG_RUNTIME_DIR is that of another user, as after `su`.
    return false
  }
}
