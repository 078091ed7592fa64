// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import { findRecord } from '../state/container-record.ts'
import { listContainerIds, stateDirectory } from '../state/state-directory.ts'
import { statusOf } from './container-access.ts'
import type { GlobalRequest, ListRequest } from './requests.ts'
import type { ContainerState } from './state.ts'
import { containerState } from './state.ts'

const COLUMNS = ['ID', 'PID', 'STATUS', 'BUNDLE', 'CREATED', 'OWNER'] as const
/** Go's tabwriter as runc sets it: cells of at least twelve characters, three of them space. */
const LEAST_WIDTH = 12
const PADDING = 3

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
    return [containerState(record, statusOf(record, stateDirectory(global.root, id)), ownerName(record.owner))]
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') global.log.warn((error as Error).message)
    return []
  }
}

/** By /etc/passwd alone: a lookup through NSS would load libraries into this process. */
function ownerName(uid: number): string {
  try {
    const entries = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
    return entries.find((fields) => fields[2] === String(uid))?.[0] ?? `#${uid}`
  } catch {
    return `#${uid}`
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
  const all: readonly (readonly string[])[] = [COLUMNS, ...rows]
  const widths = COLUMNS.map((_, column) =>
    Math.max(LEAST_WIDTH, ...all.map((row) => (row[column] ?? '').length + PADDING)),
  )
  return all
    .map((row) => `${row.map((cell, i) => (i < row.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell)).join('')}\n`)
    .join('')
}
