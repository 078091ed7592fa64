// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { runtimeFile } from './places.ts'

// The runtime may be given by its name alone.
const executable = runtimeFile.includes('/')
  ? runtimeFile
  : execFileSync('which', [runtimeFile], { encoding: 'utf8' }).trim()

/** Changes with every change of the runtime's executable, and with a new file in its place. */
export function fingerprint(): string {
  const { ino, mtimeMs, size } = statSync(executable)
  return `${createHash('sha256').update(readFileSync(executable)).digest('hex')} ${ino} ${mtimeMs} ${size}`
}
