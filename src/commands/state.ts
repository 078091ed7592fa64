// SPDX-License-Identifier: Apache-2.0
import type { ContainerRecord } from '../state/container-record.ts'
import { loadRecord } from '../state/container-record.ts'
import type { ContainerStatus } from '../state/container-status.ts'
import { stateDirectory } from '../state/state-directory.ts'
import { statusOf } from './container-access.ts'
import type { GlobalRequest, StateRequest } from './requests.ts'
import { SPEC_VERSION } from './version.ts'

/** The state of a container as callers of runc read it (runtime.md, State); `owner` is only filled by `list`. */
export interface ContainerState {
  readonly ociVersion: string
  readonly id: string
  readonly pid: number
  readonly status: ContainerStatus
  readonly bundle: string
  readonly rootfs: string
  readonly created: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly owner: string
}

/** JSON without a final newline, as runc prints it. Throws CONTAINER_NOT_FOUND. */
export function state(global: GlobalRequest, { id }: StateRequest): string {
  const record = loadRecord(global.root, id)
  return JSON.stringify(containerState(record, statusOf(record, stateDirectory(global.root, id)), ''), null, 2)
}

export function containerState(record: ContainerRecord, status: ContainerStatus, owner: string): ContainerState {
  const { id, pid, bundle, rootfs, created, annotations = {} } = record
  return {
    ociVersion: SPEC_VERSION,
    id,
    pid: status === 'stopped' ? 0 : pid,
    status,
    bundle,
    rootfs,
    created,
    ...(Object.keys(annotations).length > 0 ? { annotations: sorted(annotations) } : {}),
    owner,
  }
}

/** By name, as Go prints maps. */
function sorted(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
}
