// SPDX-License-Identifier: Apache-2.0
import { CLONE_FLAGS } from '../plan/kernel-flags.ts'
import type { Slot } from '../plan/op.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import type { IdMap } from './id-map.ts'

/** The user namespaces held for mappings, by what makes two of them the same. */
export type HeldIdMaps = Map<string, Slot>

/** Holds the user namespace of a mapping; mounts with equal mappings share one. */
export function planIdMap(idMap: IdMap, held: HeldIdMaps, plan: PlanBuilder): Slot {
  const key = idMap.path ?? `${idMap.uidMap}/${idMap.gidMap}`
  const known = held.get(key)
  if (known !== undefined) return known
  const slot = plan.slot('id mapping')
  held.set(key, slot)
  const op =
    idMap.path === undefined
      ? ({ op: 'open_id_map', slot, uidMap: idMap.uidMap, gidMap: idMap.gidMap } as const)
      : ({ op: 'open_namespace', slot, path: idMap.path, type: CLONE_FLAGS.user } as const)
  plan.append('keeper', op, idMap.origin)
  return slot
}
