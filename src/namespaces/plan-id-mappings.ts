// SPDX-License-Identifier: Apache-2.0

import { SYNC_POINTS } from '../plan/phases.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import { createsUserNamespace, joinsNamespace } from '../spec/queries.ts'
import type { ValidatedIDMapping, ValidatedSpec } from '../spec/validated-spec.ts'
import { gidMapWriter, type MapRights, uidMapWriter } from './id-map-writers.ts'

const UID_ORIGIN = { pointer: pointer('linux', 'uidMappings') }
const GID_ORIGIN = { pointer: pointer('linux', 'gidMappings') }

/** Maps ids into a new user namespace, or has those of a joined one compared with what config.json says. */
export function planIdMappings(spec: ValidatedSpec, rights: MapRights, plan: PlanBuilder): void {
  const { uidMappings, gidMappings } = spec.linux
  if (createsUserNamespace(spec)) planMaps(spec, rights, plan)
  else if (joinsNamespace(spec, 'user') && uidMappings.length + gidMappings.length > 0) {
    plan.append('attend', { op: 'sync', point: SYNC_POINTS.id_maps }, uidMappings.length > 0 ? UID_ORIGIN : GID_ORIGIN)
  }
}

function planMaps(spec: ValidatedSpec, rights: MapRights, plan: PlanBuilder): void {
  const { uidMappings, gidMappings } = spec.linux
  const [uidWriter, gidWriter] = [uidMapWriter(spec, rights), gidMapWriter(spec, rights)]
  if (uidWriter === 'program' || gidWriter === 'program') {
    plan.append('attend', { op: 'sync', point: SYNC_POINTS.id_maps }, uidWriter === 'program' ? UID_ORIGIN : GID_ORIGIN)
  }
  if (uidWriter === 'keeper') writeMap('uid_map', uidMappings, UID_ORIGIN, plan)
  if (gidWriter === 'program') return
  if (!rights.mapsAnyGid) {
    // Or a user could leave a group that a file denies something to (user_namespaces(7)).
    const reason = 'an unprivileged gid mapping needs it'
    plan.append('attend', { op: 'write_id_map', file: 'setgroups', content: 'deny' }, { reason })
  }
  writeMap('gid_map', gidMappings, GID_ORIGIN, plan)
}

function writeMap(
  file: string,
  mappings: readonly ValidatedIDMapping[],
  origin: { readonly pointer: string },
  plan: PlanBuilder,
): void {
  if (mappings.length === 0) return
  const content = mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`).join('')
  plan.append('attend', { op: 'write_id_map', file, content }, origin)
}
