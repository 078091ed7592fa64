// SPDX-License-Identifier: Apache-2.0
import { readdirSync, statSync } from 'node:fs'
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import { isGone, readCgroupFile } from './host-cgroup-file.ts'

/** The directories of a cgroup's children; none when it is flat or gone. */
export function childCgroups(directory: string): string[] {
  try {
    // kernfs counts directories in the link count: 2 means none, which saves reading some 60 entries.
    if (statSync(directory).nlink <= 2) return []
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${directory}/${entry.name}`)
  } catch (error) {
    if (isGone(error)) return []
    throw failedTo('CGROUP_FAILED', `cannot read cgroup ${directory}`, error, { path: directory })
  }
}

/** Pids of all processes in a cgroup and below it. */
export function pidsBelow(directory: string): number[] {
  const pids = pidsIn(directory)
  for (const child of childCgroups(directory)) pids.push(...pidsBelow(child))
  return pids
}

/** Pids of the processes in a cgroup itself; none when it is gone. */
export function pidsIn(directory: string): number[] {
  try {
    return numbersIn(`${directory}/cgroup.procs`)
  } catch (error) {
    if (errnoOf(error) !== 'EOPNOTSUPP') throw error
    return processesOf(numbersIn(`${directory}/cgroup.threads`))
  }
}

function numbersIn(path: string): number[] {
  const text = readCgroupFile(path)
  return text ? text.split('\n').map(Number) : []
}

/** Of a threaded cgroup the kernel only lists the threads. */
function processesOf(threads: readonly number[]): number[] {
  const pids = threads.map((thread) => /^Tgid:\t(\d+)$/m.exec(readCgroupFile(`/proc/${thread}/status`) ?? '')?.[1])
  return [...new Set(pids.filter((pid) => pid !== undefined))].map(Number)
}
