// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { RuntimeError } from '../errors/runtime-error.ts'
import { pointer } from '../spec/json-pointer.ts'
import { unescapeOctal } from '../sys/mountinfo.ts'

/** Where resctrl is mounted in this mount namespace. Throws RDT_FAILED where it is not. */
export function findResctrl(): string {
  const found = locateResctrl()
  if (found !== undefined) return found
  throw new RuntimeError('RDT_FAILED', 'cannot use Intel RDT: no resctrl filesystem is mounted', {
    pointer: pointer('linux', 'intelRdt'),
    hint: 'mount -t resctrl resctrl /sys/fs/resctrl, on a processor and kernel that have it',
  })
}

/** The same, or undefined. */
export function locateResctrl(): string | undefined {
  return resctrlIn(readFileSync('/proc/self/mountinfo', 'utf8'))
}

/** The mount point of the first resctrl in a mountinfo (proc_pid_mountinfo(5)), with its escapes undone. */
export function resctrlIn(mountinfo: string): string | undefined {
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ')
    if (!after.startsWith('resctrl ')) continue
    const [, , , , point] = before.split(' ')
    return point === undefined ? undefined : unescapeOctal(point)
  }
  return undefined
}
