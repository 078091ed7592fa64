// SPDX-License-Identifier: Apache-2.0
import { type OomWatch, watchOom } from '../cgroups/host-oom-watch.ts'
import { readStats } from '../cgroups/host-stats.ts'
import { withIdNotRunning } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import type { RdtStats } from '../rdt/host-rdt-stats.ts'
import { readRdtStats } from '../rdt/host-rdt-stats.ts'
import type { ResctrlRecord } from '../rdt/host-resctrl-group.ts'
import { locateResctrl } from '../rdt/host-resctrl-mount.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { loadRecord } from '../state/container-record.ts'
import { stateDirectory } from '../state/state-directory.ts'
import { POLL } from '../sys/constants.ts'
import { untilAnyReady } from '../sys/poll.ts'
import { statusOf } from './container-access.ts'
import { placementOf } from './container-cgroup.ts'
import { jsonLine } from './json-line.ts'
import { openContainerProcess } from './kill.ts'
import type { EventsRequest, GlobalRequest } from './requests.ts'
import { statsLayout } from './stats-layout.ts'

/** Where the lines go. */
export interface EventReader {
  /** False when nobody reads any more. */
  write(line: string): boolean
  /** A descriptor that fails or hangs up when nobody reads any more. */
  readonly fd: number
}

/**
 * What a container uses, one line of JSON each `interval` or once, and a line whenever it runs out of memory. Resolves
 * when its first process has ended or nobody reads any more.
 */
export async function events(
  global: GlobalRequest,
  { id, once, interval }: EventsRequest,
  reader: EventReader,
): Promise<void> {
  const record = loadRecord(global.root, id)
  const status = statusOf(record, stateDirectory(global.root, id))
  const process = status === 'stopped' || status === 'creating' ? undefined : openContainerProcess(record)
  if (process === undefined) throw new RuntimeError('CONTAINER_STATUS', withIdNotRunning(id))
  try {
    if (once) reader.write(statsLine(record))
    else await watching(record, (oom) => follow(record, { process: process.number, oom, interval, reader }))
  } finally {
    process.close()
  }
}

async function watching(record: ContainerRecord, act: (oom: OomWatch | undefined) => Promise<void>): Promise<void> {
  const oom = watchOom(placementOf(record))
  try {
    await act(oom)
  } finally {
    oom?.close()
  }
}

interface Following {
  readonly process: number
  readonly oom: OomWatch | undefined
  readonly interval: number
  readonly reader: EventReader
}

async function follow(record: ContainerRecord, { process, oom, interval, reader }: Following): Promise<void> {
  for (let next = performance.now() + interval; ; ) {
    const wanted = [{ fd: process, events: POLL.POLLIN }, oom?.request ?? NEVER, { fd: reader.fd, events: 0 }]
    const [hasEnded, , isLeft] = await untilAnyReady(wanted, Math.max(next - performance.now(), 0))
    if (isLeft) return
    if (oom?.take() && !reader.write(oomLine(record))) return
    if (hasEnded) return
    const now = performance.now()
    if (now < next) continue
    if (!reader.write(statsLine(record))) return
    // A reader that was slow does not get the lines that it missed.
    next = Math.max(next + interval, now)
  }
}

const NEVER = { fd: -1, events: 0 }

function statsLine(record: ContainerRecord): string {
  const data = statsLayout(readStats(placementOf(record)), rdtStats(record))
  return `${jsonLine({ type: 'stats', id: record.id, data })}\n`
}

function oomLine({ id }: ContainerRecord): string {
  return `${jsonLine({ type: 'oom', id })}\n`
}

function rdtStats({ rdt }: ContainerRecord): RdtStats {
  const mountPoint = rdt === undefined ? undefined : locateResctrl()
  return mountPoint === undefined ? {} : readRdtStats(rdt as ResctrlRecord, mountPoint)
}
