// SPDX-License-Identifier: Apache-2.0
import { readdirSync, statSync } from 'node:fs'
import { readStatus } from './host-process.ts'

/** Every pid that /proc shows, in order. */
function allPids(): number[] {
  const pids: number[] = []
  for (const name of readdirSync('/proc')) if (/^\d+$/.test(name)) pids.push(Number(name))
  return pids.sort((a, b) => a - b)
}

/**
 * A process and all that come from it, and those in its pid namespace where that is its own: for a container without
 * a cgroup that would list them. A process that `exec` has added is nobody's child there.
 */
export function processesAround(first: number, ownPidNamespace: boolean): number[] {
  const pids = allPids()
  const found = new Set([first])
  const namespace = ownPidNamespace ? pidNamespaceOf(first) : undefined
  if (namespace !== undefined) {
    for (const pid of pids) if (pidNamespaceOf(pid) === namespace) found.add(pid)
  }
  addDescendants(pids, found)
  return pids.filter((pid) => found.has(pid))
}

/** A child may have a lower pid than its parent once the numbers have come round. */
function addDescendants(pids: readonly number[], found: Set<number>): void {
  const parents = new Map(pids.map((pid) => [pid, readStatus(pid)?.ppid]))
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const [pid, parent] of parents) if (parent !== undefined && found.has(parent)) found.add(pid)
  }
}

/** Undefined for who is gone, and for a process that this user may not look into. */
function pidNamespaceOf(pid: number): number | undefined {
  try {
    return statSync(`/proc/${pid}/ns/pid`).ino
  } catch {
    return undefined
  }
}
