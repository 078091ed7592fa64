// SPDX-License-Identifier: Apache-2.0
import type { OpRow } from './op-table.ts'
import { OPS } from './op-table.ts'
import { PHASES, SYNC_POINTS } from './phases.ts'

/** FNV-1a (64 bit) over everything the wire format depends on; the shim refuses a plan made from another table. */
export function tableHash(): bigint {
  const rows = Object.entries(OPS).map(([name, row]: [string, OpRow]) => [
    name,
    row.code,
    row.phases,
    row.fields,
    row.tolerates,
  ])
  const text = JSON.stringify([rows, PHASES, SYNC_POINTS])
  let hash = 0xcbf29ce484222325n
  for (let i = 0; i < text.length; i++)
    hash = ((hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n) & 0xffffffffffffffffn
  return hash
}
