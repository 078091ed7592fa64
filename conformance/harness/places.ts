// SPDX-License-Identifier: Apache-2.0
// Where things are. The tests run compiled, from any directory: paths hang on the repository root, never on this file.
import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

function findRepositoryRoot(): string {
  const start = process.env.REPOSITORY_ROOT ?? process.cwd()
  for (let directory = resolve(start); ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'conformance', 'probe', 'Makefile'))) return directory
    if (directory === '/') throw new Error(`no repository root above ${start}: set REPOSITORY_ROOT`)
  }
}

export const repositoryRoot = findRepositoryRoot()

export const probeFile = join(repositoryRoot, 'conformance', 'probe', 'build', 'probe')

const asked = process.env.RUNTIME ?? 'dist/runts'

/** The executable under test: a path, or a name that is looked up in PATH. */
export const runtimeFile = asked.includes('/') ? resolve(repositoryRoot, asked) : asked

/** The runtime's name as known-differences.ts uses it: "runts", "runc" or "crun". */
export const runtimeName = process.env.RUNTIME_NAME ?? basename(asked)
