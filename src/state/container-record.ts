// SPDX-License-Identifier: Apache-2.0
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { errnoOf, failedTo, RuntimeError } from '../errors/runtime-error.ts'
import type { KnownMounts } from '../sys/mounts.ts'
import { readRegularFile } from '../sys/regular-file.ts'
import type { ProcessIdentity } from './process-identity.ts'
import { RECORD_FILE, stateDirectory } from './state-directory.ts'

const VERSION = 1

/** What is kept of a container. Its status is not: it is derived each time it is asked for. */
export interface ContainerRecord {
  readonly version: typeof VERSION
  readonly id: string
  /** `creating` until `create` has done everything it promises. */
  readonly phase: 'creating' | 'created'
  /** The container's first process on the host; pid 0 while there is none. */
  readonly pid: number
  readonly startTime: string
  /** The process that runs `create`: while it lives, the container may still be in the making. */
  readonly creator: ProcessIdentity
  readonly bundle: string
  readonly rootfs: string
  /** RFC 3339 with nanoseconds, UTC. */
  readonly created: string
  readonly ociVersion: string
  readonly annotations?: Readonly<Record<string, string>>
  /** The cgroup room's own account of what it made; only that room reads it. */
  readonly cgroup?: unknown
  /** The limits in force that a later update depends on; only the cgroup room reads it. */
  readonly limits?: unknown
  /** The rdt room's own account of the resctrl groups, likewise. */
  readonly rdt?: unknown
  /** The hooks that run after `create`, as config.json had them then. */
  readonly hooks?: unknown
  /** The host's uid of whoever made the container. */
  readonly owner: number
  /** Of a container without a mount namespace of its own: what was mounted in its root filesystem before it came. */
  readonly mountsBefore?: KnownMounts
  /** The container has a pid namespace of its own: its first process takes all others with it. */
  readonly ownPidNamespace?: boolean
  /** The paths of the namespaces that the container joined, by type, as config.json had them at `create`. */
  readonly joinedNamespaces?: Readonly<Record<string, string>>
  /** config.json had no `process`: there is nothing that `start` could run. */
  readonly withoutProcess?: boolean
  /** The container has no session keyring of its own, and later processes of it get none either. */
  readonly noNewKeyring?: boolean
  /** CPU lists for processes that `exec` adds, as config.json had them at `create`. */
  readonly execCPUAffinity?: { readonly initial?: string; readonly final?: string }
}

/** Everything but what the state room knows itself. */
export function newRecord(fields: Omit<ContainerRecord, 'version'>): ContainerRecord {
  return { version: VERSION, ...fields }
}

/**
 * Replaces the record in one step, so that readers need no lock; the caller holds the container's lock. No fsync: the
 * state lives on a tmpfs and no container outlives the host.
 */
export function writeRecord(directory: string, record: ContainerRecord): void {
  prepareRecord(directory, record)()
}

/** The same in two: returns what puts the record, already written, into its place. Nobody else may write one meanwhile. */
export function prepareRecord(directory: string, record: ContainerRecord): () => void {
  const temporary = join(directory, `${RECORD_FILE}.${process.pid}`)
  const orRemove = (write: () => void) => {
    try {
      write()
    } catch (error) {
      rmSync(temporary, { force: true })
      throw failedTo('STATE_UNREADABLE', `cannot write ${join(directory, RECORD_FILE)}`, error)
    }
  }
  // One that is there already was left by a command that was killed and had this pid.
  orRemove(() => writeFileSync(temporary, `${JSON.stringify(record)}\n`, { mode: 0o600 }))
  return () => orRemove(() => renameSync(temporary, join(directory, RECORD_FILE)))
}

/** The record of a container; undefined where there is no such container. Throws STATE_UNREADABLE on a damaged one. */
export function findRecord(root: string, id: string): ContainerRecord | undefined {
  const file = join(stateDirectory(root, id), RECORD_FILE)
  let text: string
  try {
    text = readRegularFile(file).toString()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined
    throw failedTo('STATE_UNREADABLE', `cannot read ${file}`, error)
  }
  return parseRecord(text, id, file)
}

/** Like `findRecord`, for callers that need the container: throws CONTAINER_NOT_FOUND in runc's words. */
export function loadRecord(root: string, id: string): ContainerRecord {
  const record = findRecord(root, id)
  if (record === undefined) throw new RuntimeError('CONTAINER_NOT_FOUND', RUNC_PHRASES.containerNotFound)
  return record
}

function parseRecord(text: string, id: string, file: string): ContainerRecord {
  let record: ContainerRecord
  try {
    record = JSON.parse(text)
  } catch (cause) {
    throw damaged(file, 'it is not JSON', cause)
  }
  const wrong = findFault(record, id)
  if (wrong !== undefined) throw damaged(file, wrong)
  return record
}

function findFault(record: ContainerRecord | null, id: string): string | undefined {
  if (typeof record !== 'object' || record === null) return 'it is not an object'
  if (record.version !== VERSION)
    return `its version is ${JSON.stringify(record.version)} and this runts reads ${VERSION}`
  if (record.id !== id) return `it describes the container ${JSON.stringify(record.id)}`
  if (record.phase !== 'creating' && record.phase !== 'created') return 'its "phase" is not known'
  if (!Number.isSafeInteger(record.pid) || record.pid < 0) return 'its "pid" is not a process id'
  if (typeof record.creator?.pid !== 'number') return 'its "creator" is missing'
  if (record.cgroup !== undefined && !hasPlaces(record.cgroup)) return 'its "cgroup" tells no cgroups'
  const texts = ['startTime', 'bundle', 'rootfs', 'created', 'ociVersion'] as const
  const missing = texts.find((field) => typeof record[field] !== 'string')
  return missing === undefined ? undefined : `its "${missing}" is missing`
}

/** What the cgroup room stumbles over could not even be deleted by force. */
function hasPlaces(cgroup: unknown): boolean {
  if (typeof cgroup !== 'object' || cgroup === null) return false
  const { hierarchies, unified } = cgroup as { hierarchies?: unknown; unified?: unknown }
  return Array.isArray(hierarchies) && hierarchies.every(isPlace) && (unified === undefined || isPlace(unified))
}

function isPlace(place: unknown): boolean {
  const { controllers, directory, mountpoint } = (place ?? {}) as Record<string, unknown>
  const paths = [directory, mountpoint]
  return Array.isArray(controllers) && paths.every((path) => typeof path === 'string' && path.startsWith('/'))
}

function damaged(file: string, reason: string, cause?: unknown): RuntimeError {
  return new RuntimeError('STATE_UNREADABLE', `cannot use ${file}: ${reason}`, {
    path: file,
    hint: 'remove what is left of the container with "delete --force"',
    cause,
  })
}
