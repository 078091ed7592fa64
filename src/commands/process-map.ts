// SPDX-License-Identifier: Apache-2.0
import { jsonText } from '../log/json-text.ts'
import { readCommandLine, readIdMap, readStatus } from '../proc/host-process.ts'
import { insideOf } from '../proc/id-map.ts'
import { type ContainerRecord, loadRecord } from '../state/container-record.ts'
import { isAlive } from '../state/process-identity.ts'
import { userName } from '../sys/user-names.ts'
import { containerPids } from './container-processes.ts'
import type { GlobalRequest, ProcessMapRequest } from './requests.ts'
import { textTable } from './text-table.ts'

/** A process of a container as it is seen from both sides. */
export interface MappedProcess {
  /** Its pid here. */
  readonly pid: number
  /** Its pid in the container; null when it is in none of the container's pid namespaces. */
  readonly pidInContainer: number | null
  /** Its pid in each pid namespace, from that of the caller to its own. */
  readonly pids: readonly number[]
  /** Its pids in namespaces that processes of the container have made. */
  readonly pidsFurtherIn: readonly number[]
  /** The pid here of its parent; 0 when that is further out. */
  readonly ppid: number
  /** Its effective user in its own user namespace, null when that has none for it, and here. */
  readonly user: { readonly inside: number | null; readonly outside: number; readonly name?: string }
  readonly threads: number
  /** The letter of proc_pid_status(5). */
  readonly state: string
  /** Its name, which it can choose, and its command line, which a zombie does not have. */
  readonly name: string
  readonly command: readonly string[]
}

/** Who of a container is who on the host, by pid and by user. Throws CONTAINER_NOT_FOUND. */
export function processMap(global: GlobalRequest, { id, format }: ProcessMapRequest): string {
  const processes = mapProcesses(loadRecord(global.root, id))
  return format === 'json' ? `${jsonText({ id, processes }, 2)}\n` : processTable(processes)
}

function mapProcesses(record: ContainerRecord): MappedProcess[] {
  const pids = containerPids(record)
  const depth = (isAlive(record) && readStatus(record.pid)?.nsPids.length) || 1
  const mapped: MappedProcess[] = []
  for (const pid of pids.sort((a, b) => a - b)) {
    const process = mapProcess(pid, depth)
    if (process !== undefined) mapped.push(process)
  }
  return mapped
}

/** `depth` is how many pid namespaces lead to the container's. Undefined for a process that has ended meanwhile. */
export function mapProcess(pid: number, depth: number): MappedProcess | undefined {
  const status = readStatus(pid)
  if (status === undefined) return undefined
  const { ppid, uid, threads, state, nsPids, name } = status
  const map = readIdMap(pid, 'uid_map')
  const user = userName(uid)
  return {
    pid,
    pidInContainer: nsPids[depth - 1] ?? null,
    pids: nsPids,
    pidsFurtherIn: nsPids.slice(depth),
    ppid,
    user: {
      inside: map === undefined ? uid : (insideOf(map, uid) ?? null),
      outside: uid,
      ...(user === undefined ? {} : { name: user }),
    },
    threads,
    state,
    name,
    command: readCommandLine(pid),
  }
}

const TITLE = [
  'PID',
  'IN CONTAINER',
  'FURTHER IN',
  'PPID',
  'USER INSIDE',
  'USER OUTSIDE',
  'THREADS',
  'STATE',
  'COMMAND',
]

function processTable(processes: readonly MappedProcess[]): string {
  const isNested = processes.some(({ pidsFurtherIn }) => pidsFurtherIn.length > 0)
  const rows = [TITLE, ...processes.map(cellsOf)]
  return textTable(isNested ? rows : rows.map((row) => row.toSpliced(TITLE.indexOf('FURTHER IN'), 1)))
}

function cellsOf(process: MappedProcess): string[] {
  const { pid, pidInContainer, pidsFurtherIn, ppid, user, threads, state } = process
  const pids = [pid, pidInContainer ?? '-', pidsFurtherIn.join(',') || '-', ppid]
  return [...pids, user.inside ?? 'unmapped', outsideOf(process), threads, state, commandOf(process)].map(String)
}

/** The user on the host, with the name if there is one. */
export function outsideOf({ user: { outside, name } }: Pick<MappedProcess, 'user'>): string {
  return name === undefined ? String(outside) : `${outside} (${name})`
}

export function commandOf({ command, name }: MappedProcess): string {
  return command.length > 0 ? command.join(' ') : `[${name}]`
}
