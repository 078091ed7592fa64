// SPDX-License-Identifier: Apache-2.0
import { pointer } from '../json-pointer.ts'
import { createsUserNamespace, hasUserNamespace } from '../queries.ts'
import { showValue } from '../show-value.ts'
import type { SettledSpec, ValidatedIDMapping } from '../validated-spec.ts'
import type { Rules } from './rule.ts'

/** UID_GID_MAP_MAX_EXTENTS of the kernel. */
const MOST_MAPPINGS = 340
/** The id 2^32-1 means "no id" and cannot be mapped. */
const END_OF_IDS = 2 ** 32 - 1

const KINDS = ['uidMappings', 'gidMappings'] as const

interface MappingList {
  readonly at: string
  readonly mappings: readonly ValidatedIDMapping[]
}

/** config-linux.md, User namespace mappings, and the kernel's own conditions of user_namespaces(7) */
export const idMappingRules: Rules = {
  MAPPINGS_NEED_USER_NAMESPACE(spec, report) {
    for (const kind of KINDS) {
      if (spec.linux[kind].length > 0 && !hasUserNamespace(spec)) {
        report(pointer('linux', kind), 'needs a user namespace in linux.namespaces')
      }
    }
  },

  USER_NAMESPACE_NEEDS_MAPPINGS(spec, report) {
    if (!createsUserNamespace(spec)) return
    for (const kind of KINDS) {
      if (spec.linux[kind].length === 0) {
        report(pointer('linux', kind), 'must be given when linux.namespaces creates a user namespace')
      }
    }
  },

  // The container is set up as its own root, as in runc.
  ROOT_NOT_MAPPED(spec, report) {
    if (!createsUserNamespace(spec)) return
    for (const kind of KINDS) {
      const mappings = spec.linux[kind]
      if (mappings.length > 0 && !isMapped(mappings, 0)) {
        report(pointer('linux', kind), `must map the container's id 0, found only ${rangesOf(mappings)}`)
      }
    }
  },

  MAPPING_EMPTY(spec, report) {
    forEachMapping(spec, (at, { size }) => {
      if (size === 0) report(`${at}/size`, 'must be at least 1, found 0')
    })
  },

  MAPPING_TOO_LONG(spec, report) {
    forEachMapping(spec, (at, { containerID, hostID, size }) => {
      if (Math.max(containerID, hostID) + size > END_OF_IDS) {
        report(at, `must end at id ${END_OF_IDS - 1} at most, found ${size} ids`)
      }
    })
  },

  MAPPINGS_OVERLAP(spec, report) {
    for (const { at, mappings } of mappingLists(spec)) {
      mappings.forEach((mapping, i) => {
        const first = mappings.findIndex((other) => overlap(mapping, other))
        if (first < i) report(`${at}/${i}`, `must not share ids with ${at}/${first}, found ${showValue(mapping)}`)
      })
    }
  },

  TOO_MANY_MAPPINGS(spec, report) {
    for (const { at, mappings } of mappingLists(spec)) {
      if (mappings.length > MOST_MAPPINGS) {
        report(at, `the kernel takes at most ${MOST_MAPPINGS} ranges, found ${mappings.length}`)
      }
    }
  },

  PROCESS_ID_NOT_MAPPED(spec, report) {
    if (!createsUserNamespace(spec) || spec.process === undefined) return
    const { uid, gid, additionalGids } = spec.process.user
    const { uidMappings, gidMappings } = spec.linux
    const check = (at: string, id: number, mappings: readonly ValidatedIDMapping[]) => {
      if (mappings.length > 0 && !isMapped(mappings, id)) {
        report(at, `must be an id of the user namespace, which has ${rangesOf(mappings)}, found ${id}`)
      }
    }
    check('/process/user/uid', uid, uidMappings)
    check('/process/user/gid', gid, gidMappings)
    additionalGids.forEach((id, i) => {
      check(pointer('process', 'user', 'additionalGids', i), id, gidMappings)
    })
  },
}

function forEachMapping(spec: SettledSpec, visit: (at: string, mapping: ValidatedIDMapping) => void): void {
  for (const { at, mappings } of mappingLists(spec)) {
    mappings.forEach((mapping, i) => {
      visit(`${at}/${i}`, mapping)
    })
  }
}

function mappingLists({ linux, mounts }: SettledSpec): MappingList[] {
  const lists: MappingList[] = []
  for (const kind of KINDS) {
    if (linux[kind].length > 0) lists.push({ at: pointer('linux', kind), mappings: linux[kind] })
    mounts.forEach((mount, i) => {
      if (mount[kind].length > 0) lists.push({ at: pointer('mounts', i, kind), mappings: mount[kind] })
    })
  }
  return lists
}

function isMapped(mappings: readonly ValidatedIDMapping[], id: number): boolean {
  // A missing size compares as false: the schema has said so already.
  return mappings.some(({ containerID, size }) => !(id < containerID || id >= containerID + size))
}

function overlap(a: ValidatedIDMapping, b: ValidatedIDMapping): boolean {
  const shares = (key: 'containerID' | 'hostID') => a[key] < b[key] + b.size && b[key] < a[key] + a.size
  return a === b || shares('containerID') || shares('hostID')
}

function rangesOf(mappings: readonly ValidatedIDMapping[]): string {
  return mappings.map(({ containerID, size }) => `${containerID}-${containerID + size - 1}`).join(', ')
}
