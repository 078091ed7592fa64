// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { failedTo, RuntimeError } from '../errors/runtime-error.ts'

/** The shim as built in this package. The build of the executable puts another module in the place of this one. */
export function shimBytes(): Uint8Array {
  const path = join(packageDirectory(dirname(fileURLToPath(import.meta.url))), 'native-shim/build/shim')
  try {
    return readFileSync(path)
  } catch (error) {
    throw failedTo('EXECUTABLE_BROKEN', 'cannot read the shim', error, { hint: 'build it with "npm run build"' })
  }
}

/** The nearest directory above with a package.json, and no other: further up nothing belongs to runts. */
function packageDirectory(directory: string): string {
  if (existsSync(join(directory, 'package.json'))) return directory
  const parent = dirname(directory)
  if (parent !== directory) return packageDirectory(parent)
  throw new RuntimeError('EXECUTABLE_BROKEN', 'cannot find the shim: this copy of runts is not in a package')
}
