// SPDX-License-Identifier: Apache-2.0
import { isRuntimeError } from '../errors/runtime-error.ts'
import { readIdMap, readProcFile, readStatus } from '../proc/host-process.ts'
import { parseMountTable } from '../proc/mount-table.ts'
import type { ProcessStatus } from '../proc/process-status.ts'
import { CAPABILITY_NAMES } from '../spec/capability-names.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { isAlive } from '../state/process-identity.ts'
import { inspectNamespaces } from './inspect-namespaces.ts'
import type { LivingContainer, Security } from './inspection.ts'
import { mapProcess } from './process-map.ts'

const SECCOMP_MODES = ['none', 'strict', 'filter'] as const

/** What the first process of a container shows; undefined when there is none, or none any more at the end. */
export function inspectLiving(root: string, record: ContainerRecord, notes: string[]): LivingContainer | undefined {
  const { pid } = record
  const status = isAlive(record) ? readStatus(pid) : undefined
  const process = status && mapProcess(pid, status.nsPids.length)
  if (status === undefined || process === undefined) return undefined
  const living = {
    process,
    namespaces: orNote(notes, [], () => inspectNamespaces(root, record)),
    ...orNote(notes, {}, () => idMappingsOf(pid)),
    mounts: orNote(notes, [], () => parseMountTable(readProcFile(pid, 'mountinfo') ?? '')),
    security: securityOf(pid, status),
  }
  // All of it was about this process only if it still lives.
  return isAlive(record) ? living : undefined
}

/** An ordinary user may not look into everything: the rest is worth telling. */
function orNote<T>(notes: string[], otherwise: T, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!isRuntimeError(error)) throw error
    notes.push(error.message)
    return otherwise
  }
}

function idMappingsOf(pid: number): Pick<LivingContainer, 'idMappings'> {
  const [uid, gid] = [readIdMap(pid, 'uid_map'), readIdMap(pid, 'gid_map')]
  return uid === undefined || gid === undefined ? {} : { idMappings: { uid, gid } }
}

function securityOf(pid: number, { capabilities, noNewPrivileges, seccomp, seccompFilters }: ProcessStatus): Security {
  const label = labelOf(pid)
  const mode = SECCOMP_MODES[seccomp] ?? 'none'
  return {
    capabilities: {
      bounding: namesOf(capabilities.bounding),
      effective: namesOf(capabilities.effective),
      permitted: namesOf(capabilities.permitted),
      inheritable: namesOf(capabilities.inheritable),
      ambient: namesOf(capabilities.ambient),
    },
    noNewPrivileges,
    seccomp: { mode, ...(seccompFilters === undefined ? {} : { filters: seccompFilters }) },
    ...(label ? { label } : {}),
  }
}

function namesOf(set: bigint): string[] {
  const names: string[] = []
  for (let number = 0; set >> BigInt(number) > 0n; number++) {
    if ((set >> BigInt(number)) & 1n) names.push(CAPABILITY_NAMES[number] ?? String(number))
  }
  return names
}

/** proc_pid_attr(5); EINVAL is what it says without a module that has labels. */
function labelOf(pid: number): string | undefined {
  try {
    return readProcFile(pid, 'attr/current')?.replace(/[\0\n]+$/, '')
  } catch {
    return undefined
  }
}
