// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface CgroupMount {
  path: string
  version: 1 | 2
  /** Controllers of a v1 hierarchy, with "name=systemd" as "systemd"; empty for v2. */
  controllers: string[]
}

/** The host's cgroup hierarchies as mounted below /sys/fs/cgroup. */
export function cgroupMounts(): CgroupMount[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields[4]?.startsWith('/sys/fs/cgroup'))
    .flatMap((fields): CgroupMount[] => {
      const type = fields[fields.indexOf('-') + 1]
      const superOptions = (fields.at(-1) ?? '').split(',')
      if (type === 'cgroup2') return [{ path: fields[4] ?? '', version: 2, controllers: [] }]
      if (type !== 'cgroup') return []
      const controllers = superOptions
        .filter((option) => option !== 'rw' && option !== 'ro')
        .map((name) => name.replace('name=', ''))
      return [{ path: fields[4] ?? '', version: 1, controllers }]
    })
}

/** True when the host has nothing but a v2 hierarchy. */
export function isPureV2(): boolean {
  return cgroupMounts().every((mount) => mount.version === 2)
}

/** The directory that governs a process for a controller. */
export function cgroupDirectoryOf(pid: number, controller: string): string {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n')
  for (const line of lines) {
    const [, controllers = '', ...rest] = line.split(':')
    const names = controllers.replace('name=', '').split(',')
    const mount = cgroupMounts().find((each) =>
      each.version === 1 ? each.controllers.includes(controller) : isPureV2(),
    )
    if (mount?.version === 2 ? line.startsWith('0::') : names.includes(controller)) {
      return join(mount?.path ?? '', rest.join(':'))
    }
  }
  throw new Error(`no cgroup of controller ${controller} for pid ${pid}: ${lines.join(' ')}`)
}

/** Reads a control file of the cgroup that governs a process, without the final newline. */
export function readCgroup(pid: number, controller: string, v1File: string, v2File = v1File): string {
  const file = isPureV2() ? v2File : v1File
  return readFileSync(join(cgroupDirectoryOf(pid, controller), file), 'utf8').trim()
}
