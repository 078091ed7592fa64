// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, writeSync } from 'node:fs'
import { errnoOf, RuntimeError } from '../errors/runtime-error.ts'
import { FCNTL } from './constants.ts'

/** __O_TMPFILE | O_DIRECTORY; only the second half differs between processors. */
export const O_TMPFILE = 0o20000000 | (process.arch === 'arm64' ? 0o40000 : 0o200000)

/** The first is a tmpfs on every usual host; the last two are there for ordinary users. */
const DIRECTORIES = ['/dev/shm', '/run', '/tmp', '/var/tmp']

/**
 * Loads a Node-API addon from memory, through a file without a name: nobody can plant, find or swap one, whoever may
 * write to its directory, and O_EXCL keeps it nameless for good (open(2)). Throws EXECUTABLE_BROKEN when no directory
 * takes such files or all are mounted noexec.
 */
export function openAddon<Addon>(bytes: Uint8Array, directories: readonly string[] = DIRECTORIES): Addon {
  const refusals: string[] = []
  for (const directory of directories) {
    try {
      return openAddonIn(directory, bytes)
    } catch (error) {
      refusals.push(`${directory}: ${errnoOf(error) ?? (error as Error).message}`)
    }
  }
  throw new RuntimeError('EXECUTABLE_BROKEN', `cannot load the embedded koffi addon: ${refusals.join('; ')}`, {
    hint: 'one of these directories must take files without a name (O_TMPFILE) and must not be mounted noexec',
  })
}

function openAddonIn<Addon>(directory: string, bytes: Uint8Array): Addon {
  const fd = openSync(directory, O_TMPFILE | FCNTL.O_EXCL | FCNTL.O_RDWR, 0o600)
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written)
    const addon = { exports: {} as Addon }
    process.dlopen(addon, `/proc/self/fd/${fd}`)
    return addon.exports
  } finally {
    closeSync(fd)
  }
}
