// SPDX-License-Identifier: Apache-2.0
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import { type ContainerRecord, findRecord } from '../state/container-record.ts'
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
  const records = (ids ?? []).flatMap((id) => readRecord(global, id))
  if (quiet) return records.map(({ id }) => `${id}\n`).join('')
  const states = records.flatMap((record) => readState(global, record))
  return format === 'json' ? `${JSON.stringify(states.length > 0 ? states : null)}\n` : table(states)
}

function readRecord(global: GlobalRequest, id: string): ContainerRecord[] {
  return unlessUnreadable(global, () => findRecord(global.root, id))
}

function readState(global: GlobalRequest, record: ContainerRecord): ContainerState[] {
  const { id, owner } = record
  return unlessUnreadable(global, () =>
    containerState(record, statusOf(record, stateDirectory(global.root, id)), userName(owner) ?? `#${owner}`),
  )
}

/** A container may vanish while the list is made, and a damaged one must not hide the others. */
function unlessUnreadable<T>({ log }: GlobalRequest, read: () => T | undefined): T[] {
  try {
    const found = read()
    return found === undefined ? [] : [found]
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') log.warn((error as Error).message)
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
