// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import { readRegularFile } from '../sys/regular-file.ts'

/** config.json as it was at `create`: later edits of the bundle's do not affect the container (runtime.md, Lifecycle). */
const CONFIG_FILE = 'config.json'

/** Keeps the text for `exec`. Nobody reads it before the record says that the container was created. */
export function keepConfig(directory: string, text: string): void {
  const file = join(directory, CONFIG_FILE)
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    throw failedTo('STATE_UNREADABLE', `cannot write ${file}`, error)
  }
}

/** The text, or undefined for a container of a build that did not keep it. */
export function readKeptConfig(directory: string): string | undefined {
  const file = join(directory, CONFIG_FILE)
  try {
    return readRegularFile(file).toString()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw failedTo('STATE_UNREADABLE', `cannot read ${file}`, error)
  }
}
