// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { statSync, writeFileSync } from 'node:fs'
import type { Case } from './conformance-case.ts'
import { probeFile } from './places.ts'

/** Name below /proc/PID/ns for each type of the specification. */
export const namespaceFiles = {
  cgroup: 'cgroup',
  ipc: 'ipc',
  mount: 'mnt',
  network: 'net',
  pid: 'pid',
  time: 'time',
  user: 'user',
  uts: 'uts',
} as const

export type NamespaceType = keyof typeof namespaceFiles

export const namespaceTypes = Object.keys(namespaceFiles) as NamespaceType[]

/** Inode of a process's namespace; "self" is this test, hence the host. */
export function namespaceInode(type: NamespaceType, pid: number | 'self' = 'self'): number {
  return statSync(`/proc/${pid}/ns/${namespaceFiles[type]}`).ino
}

export interface HeldNamespaces {
  pid: number
  path: (type: NamespaceType) => string
}

/** A process in new namespaces of these types, ended with the case. A new user namespace gets `idMap` and `setgroups`. */
export async function holdNamespaces(
  c: Case,
  types: NamespaceType[],
  idMap = '0 100000 65536',
  setgroups: 'allow' | 'deny' = 'allow',
): Promise<HeldNamespaces> {
  const child = spawn(probeFile, ['unshare', types.join(',')], { stdio: ['ignore', 'pipe', 'inherit'] })
  c.atEnd(
    () =>
      new Promise<void>((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGKILL')
      }),
  )
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()))
    child.once('exit', () => reject(new Error(`cannot hold namespaces ${types}`)))
  })
  const pid = Number(line)
  if (types.includes('user')) {
    writeFileSync(`/proc/${pid}/uid_map`, idMap)
    writeFileSync(`/proc/${pid}/setgroups`, setgroups)
    writeFileSync(`/proc/${pid}/gid_map`, idMap)
  }
  return { pid, path: (type) => `/proc/${pid}/ns/${namespaceFiles[type]}` }
}
