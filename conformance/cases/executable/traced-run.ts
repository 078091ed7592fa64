// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Case } from '../../harness/conformance-case.ts'
import { runtimeName } from '../../harness/places.ts'
import { path, type Requirement } from '../../harness/requires.ts'

export const isRunts: Requirement = () => (runtimeName === 'runts' ? undefined : 'is about the executable of runts')
export const strace = path('/usr/bin/strace')

/** A wrapper that writes down every system call on a path, with where to read it. The shim's are left out. */
export function fileTrace(c: Case): { wrapper: string[]; paths: () => TracedPath[] } {
  const log = join(c.directory, 'trace')
  return {
    wrapper: ['strace', '-f', '-qq', '-s', '4096', '-e', 'trace=%file', '-e', 'signal=none', '-o', log],
    paths: () => pathsOf(readFileSync(log, 'utf8')),
  }
}

export interface TracedPath {
  readonly call: string
  readonly path: string
  readonly line: string
}

/** Each path named by the first process of the trace: the runtime itself. */
function pathsOf(trace: string): TracedPath[] {
  const lines = trace.split('\n')
  const runtime = lines[0]?.split(' ')[0]
  return lines.flatMap((line) => {
    const match = line.match(/^(\d+) +(\w+)\((?:AT_FDCWD, )?"([^"]*)"/)
    return match && match[1] === runtime ? [{ call: match[2] ?? '', path: match[3] ?? '', line }] : []
  })
}
