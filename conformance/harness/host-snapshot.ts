// SPDX-License-Identifier: Apache-2.0
// What a case may have left on the host. Every path, id and environment of a case carries its token.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupMounts } from './cgroup-files.ts'

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

function directoriesBelow(path: string): string[] {
  let names: string[] = []
  try {
    names = readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(path, entry.name))
  } catch {
    // A cgroup may vanish between the listing and the visit.
  }
  return names.flatMap((name) => [name, ...directoriesBelow(name)])
}

export function cgroupDirectories(): string[] {
  return cgroupMounts().flatMap((mount) => directoriesBelow(mount.path))
}

/** Live processes that carry the token in their command line, environment, cgroup or root. */
export function processesOf(token: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      const proc = join('/proc', name)
      if (/^State:\s+[ZX]/m.test(read(join(proc, 'status')))) return false
      const traces = [read(join(proc, 'cmdline')), read(join(proc, 'environ')), read(join(proc, 'cgroup'))]
      return [...traces, link(join(proc, 'root')), link(join(proc, 'cwd'))].some((trace) => trace.includes(token))
    })
    .map(Number)
}

export function mountsOf(token: string): string[] {
  return read('/proc/self/mountinfo')
    .split('\n')
    .filter((line) => line.includes(token))
}

export function cgroupsOf(token: string): string[] {
  return cgroupDirectories().filter((path) => path.includes(token))
}

/** Everything left with this token, one readable line each; empty when the host is clean. */
export function leftovers(token: string): string[] {
  return [
    ...processesOf(token).map((pid) => `process ${pid}: ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`),
    ...mountsOf(token).map((line) => `mount ${line}`),
    ...cgroupsOf(token).map((path) => `cgroup ${path}`),
  ]
}
