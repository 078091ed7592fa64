// SPDX-License-Identifier: Apache-2.0
import { isRuntimeError } from '../errors/runtime-error.ts'
import { type NamespaceInodes, readNamespaces } from '../proc/host-namespaces.ts'
import { type ContainerRecord, findRecord } from '../state/container-record.ts'
import { isAlive } from '../state/process-identity.ts'
import { listContainerIds } from '../state/state-directory.ts'
import type { SeenNamespace } from './inspection.ts'

/** The namespaces of a container, and who else is in them. Throws SYSTEM_CALL_FAILED without the right to look. */
export function inspectNamespaces(root: string, record: ContainerRecord): SeenNamespace[] {
  const own = readNamespaces(record.pid)
  const host = readNamespaces(process.pid)
  if (own === undefined || host === undefined) return []
  const others = namespacesOfOthers(root, record.id)
  return [...own].map(([type, inode]) => {
    if (host.get(type) === inode) return { type, inode, relation: 'host' }
    const containers = others.filter(([, inodes]) => inodes.get(type) === inode).map(([id]) => id)
    const path = record.joinedNamespaces?.[type]
    const joined = path === undefined ? {} : { path }
    if (containers.length > 0) return { type, inode, relation: 'shared', containers, ...joined }
    return { type, inode, relation: path === undefined ? 'private' : 'joined', ...joined }
  })
}

function namespacesOfOthers(root: string, id: string): [string, NamespaceInodes][] {
  const others: [string, NamespaceInodes][] = []
  for (const other of listContainerIds(root) ?? []) {
    const inodes = other === id ? undefined : readIfPossible(root, other)
    if (inodes !== undefined) others.push([other, inodes])
  }
  return others
}

/** A damaged record, or a process that this user may not look into, says nothing about this container. */
function readIfPossible(root: string, id: string): NamespaceInodes | undefined {
  try {
    const record = findRecord(root, id)
    return record !== undefined && isAlive(record) ? readNamespaces(record.pid) : undefined
  } catch (error) {
    if (isRuntimeError(error)) return undefined
    throw error
  }
}
