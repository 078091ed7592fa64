// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs'
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import type { ContainerStats, StatFiles } from './container-stats.ts'
import { isGone } from './host-cgroup-file.ts'
import type { CgroupPlacement } from './place-cgroup.ts'
import { parseV1Stats } from './v1/stats.ts'
import { parseV2Stats } from './v2/stats.ts'

/** What the cgroups of a container count now; nothing but zeros when they are gone. Throws CGROUP_FAILED. */
export function readStats(placement: CgroupPlacement): ContainerStats {
  const files = statFiles(placement)
  return placement.mode === 'v2' ? parseV2Stats(files) : parseV1Stats(files)
}

/** The files that are there, whichever hierarchy they belong to. */
export function statFiles({ mode, hierarchies, unified }: CgroupPlacement): StatFiles {
  const directoryOf = (controller: string) => {
    if (mode === 'v2' || controller === 'unified') return unified?.directory
    return hierarchies.find(({ controllers }) => controllers.includes(controller))?.directory
  }
  return {
    read(controller, file) {
      const directory = directoryOf(controller)
      return directory === undefined ? undefined : readIfThere(`${directory}/${file}`)
    },
    names(controller) {
      const directory = directoryOf(controller)
      return directory === undefined ? [] : namesIn(directory)
    },
  }
}

function readIfThere(path: string): string | undefined {
  return unlessAbsent(path, () => readFileSync(path, 'utf8').trim())
}

function namesIn(directory: string): readonly string[] {
  return unlessAbsent(directory, () => readdirSync(directory)) ?? []
}

function unlessAbsent<T>(path: string, read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    // EOPNOTSUPP is what a pressure file says while PSI is switched off.
    if (isGone(error) || errnoOf(error) === 'EOPNOTSUPP') return undefined
    throw failedTo('CGROUP_FAILED', `cannot read ${path}`, error, { path })
  }
}
