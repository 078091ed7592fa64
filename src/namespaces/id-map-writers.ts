// SPDX-License-Identifier: Apache-2.0
import type { ValidatedIDMapping, ValidatedSpec } from '../spec/validated-spec.ts'

/** What the kernel lets the runtime map by itself (user_namespaces(7), Defining user and group ID mappings). */
export interface MapRights {
  readonly euid: number
  readonly egid: number
  /** CAP_SETUID and CAP_SETGID in the user namespace that the new one is made in: any ids. */
  readonly mapsAnyUid: boolean
  readonly mapsAnyGid: boolean
}

/** Who writes a map: the keeper, or newuidmap(1) and newgidmap(1), which know the subordinate ids of the user. */
export type MapWriter = 'keeper' | 'program'

export function uidMapWriter({ linux }: ValidatedSpec, rights: MapRights): MapWriter {
  return rights.mapsAnyUid || mapsOnly(linux.uidMappings, rights.euid) ? 'keeper' : 'program'
}

export function gidMapWriter({ linux }: ValidatedSpec, rights: MapRights): MapWriter {
  return rights.mapsAnyGid || mapsOnly(linux.gidMappings, rights.egid) ? 'keeper' : 'program'
}

/** The one map that needs no privilege has a single id, that of the writer. */
function mapsOnly(mappings: readonly ValidatedIDMapping[], id: number): boolean {
  const [mapping] = mappings
  return mappings.length === 1 && mapping?.hostID === id && mapping.size === 1
}
