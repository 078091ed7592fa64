// SPDX-License-Identifier: Apache-2.0
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import { createsUserNamespace } from '../spec/queries.ts'
import type { ValidatedIDMapping, ValidatedSpec } from '../spec/validated-spec.ts'

/** Maps ids into a new user namespace; an unprivileged runtime must first give up setgroups(2) there (user_namespaces(7)). */
export function planIdMappings(spec: ValidatedSpec, setgroups: boolean, plan: PlanBuilder): void {
  if (!createsUserNamespace(spec)) return
  const { uidMappings, gidMappings } = spec.linux
  if (!setgroups) {
    const reason = 'an unprivileged gid mapping needs it'
    plan.append('attend', { op: 'write_id_map', file: 'setgroups', content: 'deny' }, { reason })
  }
  writeMap('uid_map', uidMappings, pointer('linux', 'uidMappings'), plan)
  writeMap('gid_map', gidMappings, pointer('linux', 'gidMappings'), plan)
}

function writeMap(file: string, mappings: readonly ValidatedIDMapping[], origin: string, plan: PlanBuilder): void {
  if (mappings.length === 0) return
  const content = mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`).join('')
  plan.append('attend', { op: 'write_id_map', file, content }, { pointer: origin })
}
