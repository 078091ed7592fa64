// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from 'node:fs'
import { readUsage } from '../cgroups/host-usage.ts'
import { type CgroupPlacement, placedCgroups } from '../cgroups/place-cgroup.ts'
import { jsonText } from '../log/json-text.ts'
import { type ContainerRecord, loadRecord } from '../state/container-record.ts'
import { stateDirectory } from '../state/state-directory.ts'
import { userName } from '../sys/user-names.ts'
import { statusOf } from './container-access.ts'
import { cgroupOf } from './container-cgroup.ts'
import { containerPids } from './container-processes.ts'
import { inspectLiving } from './inspect-living.ts'
import type { Inspection } from './inspection.ts'
import { inspectionText } from './inspection-text.ts'
import type { GlobalRequest, InspectRequest } from './requests.ts'

/**
 * What is to be known of a container from outside, on one screen or as JSON. It changes nothing and takes no lock; what
 * this user may not read is named in `notes`. Throws CONTAINER_NOT_FOUND, STATE_UNREADABLE.
 */
export function inspect(global: GlobalRequest, { id, format }: InspectRequest): string {
  const inspection = inspectContainer(global, id)
  return format === 'json' ? `${jsonText(inspection, 2)}\n` : inspectionText(inspection, Date.now())
}

function inspectContainer(global: GlobalRequest, id: string): Inspection {
  const record = loadRecord(global.root, id)
  const directory = stateDirectory(global.root, id)
  const notes: string[] = []
  const living = inspectLiving(global.root, record, notes)
  const owner = userName(record.owner)
  return {
    id,
    // After the process was looked at: when that ended meanwhile, both say so.
    status: living ? statusOf(record, directory) : withoutProcess(record, directory),
    created: record.created,
    owner: { uid: record.owner, ...(owner === undefined ? {} : { name: owner }) },
    bundle: record.bundle,
    rootfs: record.rootfs,
    annotations: record.annotations ?? {},
    ...inspectCgroups(record),
    sockets: socketsIn(directory),
    hooks: hooksOf(record),
    pids: containerPids(record).sort((a, b) => a - b),
    ...(living ? { living } : {}),
    notes,
  }
}

function withoutProcess(record: ContainerRecord, directory: string): 'creating' | 'stopped' {
  return statusOf(record, directory) === 'creating' ? 'creating' : 'stopped'
}

function inspectCgroups(record: ContainerRecord): Pick<Inspection, 'cgroups' | 'unit' | 'usage'> {
  const placement = cgroupOf(record)?.placement as CgroupPlacement | undefined
  if (placement === undefined) return { cgroups: {}, usage: {} }
  const cgroups: Record<string, string> = {}
  for (const { controllers, directory } of placedCgroups(placement)) {
    for (const name of controllers.length > 0 ? controllers : ['unified']) cgroups[name] = directory
  }
  const { unit } = placement
  return { cgroups, ...(unit ? { unit } : {}), usage: readUsage(placement) }
}

/** Relative to the state directory. A container that is deleted this moment has none. */
function socketsIn(directory: string, below = ''): string[] {
  try {
    return readdirSync(`${directory}/${below}`, { withFileTypes: true }).flatMap((entry) => {
      const name = `${below}${entry.name}`
      if (entry.isSocket()) return [name]
      return entry.isDirectory() && below === '' ? socketsIn(directory, `${name}/`) : []
    })
  } catch {
    return []
  }
}

function hooksOf({ hooks }: ContainerRecord): Inspection['hooks'] {
  const kept = hooks as Partial<Record<'poststart' | 'poststop', readonly { readonly path: string }[]>> | undefined
  const paths = (kind: 'poststart' | 'poststop') => (kept?.[kind] ?? []).map(({ path }) => path)
  return { poststart: paths('poststart'), poststop: paths('poststop') }
}
