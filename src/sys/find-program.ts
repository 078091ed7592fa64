// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'

/** In the absolute directories of $PATH alone: an empty or relative entry means the current directory, which may be anybody's. */
export function findProgram(name: string): string | undefined {
  const directories = (process.env.PATH ?? '/usr/bin:/bin').split(':').filter((directory) => directory.startsWith('/'))
  return directories.map((directory) => join(directory, name)).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
