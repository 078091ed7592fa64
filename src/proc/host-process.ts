// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import { type IdRange, parseIdMap } from './id-map.ts'
import { type ProcessStatus, parseStatus } from './process-status.ts'

/** The text of /proc/PID/name; undefined when the process is gone. Throws SYSTEM_CALL_FAILED where it may not be read. */
export function readProcFile(pid: number, name: string): string | undefined {
  const path = `/proc/${pid}/${name}`
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isGone(error)) return undefined
    throw failedTo('SYSTEM_CALL_FAILED', `cannot read ${path}`, error, { path })
  }
}

export function readStatus(pid: number): ProcessStatus | undefined {
  const text = readProcFile(pid, 'status')
  return text ? parseStatus(text) : undefined
}

/** The words of a command line; none for a zombie or a thread of the kernel. */
export function readCommandLine(pid: number): string[] {
  const text = readProcFile(pid, 'cmdline') ?? ''
  return text === '' ? [] : text.replace(/\0$/, '').split('\0')
}

/**
 * How the ids of a process are mapped; nothing where it is in the reader's own user namespace, whose map would speak of
 * the namespace around it.
 */
export function readIdMap(pid: number, name: 'uid_map' | 'gid_map'): readonly IdRange[] | undefined {
  const text = readProcFile(pid, name)
  return text === undefined || text === readProcFile(process.pid, name) ? undefined : parseIdMap(text)
}

/** ESRCH is what an open file of /proc says when its process has ended. */
export function isGone(error: unknown): boolean {
  return errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ESRCH'
}
