// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { failedTo, RuntimeError } from '../errors/runtime-error.ts'
import { embeddedFiles } from '../sys/embedded-files.ts'
import type { Fd } from '../sys/fd.ts'
import { createSealedMemfd } from '../sys/memfd.ts'

/**
 * The shim as a sealed memfd, to be executed by descriptor. Inside a container /proc/self/exe then leads to bytes
 * that nobody can write (CVE-2019-5736). The caller closes it.
 */
export function shimExecutable(): Fd {
  return createSealedMemfd('runts-shim', shimBytes(), true)
}

function shimBytes(): Uint8Array {
  const path = embeddedFiles?.shim ?? join(packageDirectory(), 'native-shim/build/shim')
  try {
    return readFileSync(path)
  } catch (error) {
    throw failedTo('EXECUTABLE_BROKEN', 'cannot read the shim', error, { hint: 'build it with "npm run build"' })
  }
}

/** The nearest folder above this file that holds a package.json. */
function packageDirectory(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === '/') throw new RuntimeError('EXECUTABLE_BROKEN', 'cannot find the shim: runts is not in a package')
  }
}
