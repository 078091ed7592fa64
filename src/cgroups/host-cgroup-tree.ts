// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, openSync, readdirSync, statSync } from 'node:fs'
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import { isGone } from './host-cgroup-file.ts'

/** What is done at each cgroup below another. */
export interface CgroupVisit {
  /** `path` is short and only good during the call. Before those below it. */
  enter?(path: string): void
  /** After those below it; `path` ends with the name as the kernel has it, in whatever bytes. */
  leave?(path: Buffer): void
}

interface Level {
  readonly name: Buffer
  readonly names: Buffer[]
}

/**
 * Visits every cgroup below a directory. A container that may make cgroups chooses their names, in bytes that are no
 * text, and how deep they are, which may be deeper than a path can tell or descriptors could be held for: one
 * descriptor goes from each to the next.
 */
export function visitCgroupsBelow(directory: string, visit: CgroupVisit): void {
  let here = openCgroup(directory)
  try {
    const levels: Level[] = here === undefined ? [] : [{ name: Buffer.alloc(0), names: namesIn(here) }]
    while (here !== undefined) {
      const level = levels.at(-1)
      const name = level?.names.pop()
      if (name !== undefined) {
        const below = openCgroup(pathBelow(here, name))
        if (below === undefined) continue
        closeSync(here)
        here = below
        visit.enter?.(pathOf(here))
        levels.push({ name, names: namesIn(here) })
      } else {
        levels.pop()
        if (level === undefined || levels.length === 0) return
        const above = openCgroup(`${pathOf(here)}/..`)
        closeSync(here)
        here = above
        if (here !== undefined) visit.leave?.(pathBelow(here, level.name))
      }
    }
  } finally {
    if (here !== undefined) closeSync(here)
  }
}

/** Undefined for what is gone or no directory. */
function openCgroup(path: string | Buffer): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  } catch (error) {
    if (isGone(error) || errnoOf(error) === 'ENOTDIR') return undefined
    throw failedTo('CGROUP_FAILED', `cannot read cgroup ${path}`, error)
  }
}

/** All that may be a cgroup. */
function namesIn(directory: number): Buffer[] {
  const path = pathOf(directory)
  try {
    // kernfs counts directories in the link count: 2 means none, which saves asking some 60 files what they are.
    return statSync(path).nlink <= 2 ? [] : readdirSync(path, 'buffer')
  } catch (error) {
    if (isGone(error)) return []
    throw failedTo('CGROUP_FAILED', `cannot read cgroup ${path}`, error)
  }
}

const pathOf = (descriptor: number) => `/proc/self/fd/${descriptor}`

const pathBelow = (descriptor: number, name: Buffer) => Buffer.concat([Buffer.from(`${pathOf(descriptor)}/`), name])
