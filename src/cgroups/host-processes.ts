// SPDX-License-Identifier: Apache-2.0
import { errnoOf } from '../errors/runtime-error.ts'
import { readCgroupFile } from './host-cgroup-file.ts'
import { visitCgroupsBelow } from './host-cgroup-tree.ts'

/** Pids of all processes in a cgroup and below it. */
export function pidsBelow(directory: string): number[] {
  const pids = pidsIn(directory)
  visitCgroupsBelow(directory, {
    enter: (path) => {
      for (const pid of pidsIn(path)) pids.push(pid)
    },
  })
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
