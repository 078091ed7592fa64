// SPDX-License-Identifier: Apache-2.0
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { errnoOf, failedTo } from '../errors/runtime-error.ts'

/**
 * Writes the pid as bare decimal digits without a newline, in one step: readers see all of it or no file. Returns how
 * to take the file back.
 */
export function writePidFile(path: string, pid: number): () => void {
  const temporary = join(dirname(path), `.${basename(path)}`)
  try {
    writeFileSync(temporary, String(pid), { flag: 'wx', mode: 0o666 })
    renameSync(temporary, path)
  } catch (error) {
    // EEXIST: another command is writing it.
    if (errnoOf(error) !== 'EEXIST' && existsSync(temporary)) rmSync(temporary)
    throw failedTo('STATE_UNREADABLE', `cannot write the pid file ${path}`, error)
  }
  return () => rmSync(path, { force: true })
}
