// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const NOT_OURS = new Set(['node_modules', 'dist', 'build'])
const NOT_COMMITTED = 'src/spec/generated'

/** Path → text of every file below the folders whose name ends as asked, without build output. */
export function readSourceFiles(folders: readonly string[], ending: RegExp): Map<string, string> {
  const paths = folders.flatMap(pathsBelow).filter((path) => ending.test(path))
  return new Map(paths.sort().map((path) => [path, readFileSync(path, 'utf8')]))
}

function pathsBelow(folder: string): string[] {
  if (folder === NOT_COMMITTED) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : pathsBelow(path)
    return entry.isFile() ? [path] : []
  })
}
