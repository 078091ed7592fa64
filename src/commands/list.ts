// SPDX-License-Identifier: Apache-2.0
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import { findRecord } from '../state/container-record.ts'
import { listContainerIds, stateDirectory } from '../state/state-directory.ts'
import { userName } from '../sys/user-names.ts'
import { statusOf } from './container-access.ts'
import type { GlobalRequest, ListRequest } from './requests.ts'
import type { ContainerState } from './state.ts'
import { containerState } from './state.ts'
import { textTable } from './text-table.ts'

const COLUMNS = ['ID', 'PID', 'STATUS', 'BUNDLE', 'CREATED', 'OWNER'] as const
const LEAST_WIDTH = 12

/** The containers below the root: a table, JSON (`null` when there are none), or ids alone. */
export function list(global: GlobalRequest, { format, quiet }: ListRequest): string {
  const ids = listContainerIds(global.root)
  if (ids === undefined && global.rootGiven) {
    throw failedTo(
      'STATE_UNREADABLE',
      `cannot list the containers in ${global.root}`,
      new Error('no such file or directory'),
    )
  }
  const states = (ids ?? []).flatMap((id) => readState(global, id))
  if (quiet) return states.map(({ id }) => `${id}\n`).join('')
  return format === 'json' ? `${JSON.stringify(states.length > 0 ? states : null)}\n` : table(states)
}

/** A container may vanish while the list is made, and a damaged one must not hide the others. */
function readState(global: GlobalRequest, id: string): ContainerState[] {
  try {
    const record = findRecord(global.root, id)
    if (record === undefined) return []
    return [
      containerState(
        record,
        statusOf(record, stateDirectory(global.root, id)),
        userName(record.owner) ?? `#${record.owner}`,
      ),
    ]
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') global.log.warn((error as Error).message)
    return []
  }
}

function table(states: readonly ContainerState[]): string {
  const rows = states.map(({ id, pid, status, bundle, created, owner }) => [
    id,
    String(pid),
    status,
    bundle,
    created,
    owner,
  ])
  return textTable([COLUMNS, ...rows], LEAST_WIDTH)
}
