// SPDX-License-Identifier: Apache-2.0
// This room owns everything that knows about libc and the kernel's ABI. It never decides what a container needs.

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import type * as Koffi from 'koffi'
import { errnoOf, RuntimeError } from '../errors/runtime-error.ts'
import { embeddedFiles } from './embedded-files.ts'

export type KoffiModule = typeof Koffi

/** koffi, loaded at the first call. Throws EXECUTABLE_BROKEN when its addon cannot be loaded. */
export function loadKoffi(): KoffiModule {
  loaded ??= embeddedFiles ? openAddon(readFileSync(embeddedFiles.koffi)) : createRequire(import.meta.url)('koffi')
  return loaded as KoffiModule
}

let loaded: KoffiModule | undefined

const O_RDWR = 0o2
const O_EXCL = 0o200
/** __O_TMPFILE | O_DIRECTORY: O_DIRECTORY is 0o40000 on arm64. */
const O_TMPFILE = 0o20000000 | (process.arch === 'arm64' ? 0o40000 : 0o200000)

// Never noexec on a normal host first; the last two are where a program of an ordinary user may write.
const DIRECTORIES = ['/dev/shm', '/run', '/tmp', '/var/tmp']

/**
 * A file without a name cannot be planted, found or swapped by others, whoever may write to its directory.
 * O_EXCL keeps it nameless for good (open(2), O_TMPFILE).
 */
function openAddon(bytes: Uint8Array): KoffiModule {
  const refusals: string[] = []
  for (const directory of DIRECTORIES) {
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

function openAddonIn(directory: string, bytes: Uint8Array): KoffiModule {
  const fd = openSync(directory, O_TMPFILE | O_EXCL | O_RDWR, 0o600)
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written)
    const addon = { exports: {} }
    process.dlopen(addon, `/proc/self/fd/${fd}`)
    return addon.exports as KoffiModule
  } finally {
    closeSync(fd)
  }
}
