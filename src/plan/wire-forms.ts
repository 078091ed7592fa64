// SPDX-License-Identifier: Apache-2.0
import type { FieldKind } from './op-table.ts'

/** How each kind of field is encoded. Numbers, because comparing texts that came out of JSON is slow. */
export const WIRE_FORMS = {
  u32: 0,
  bool: 1,
  str: 2,
  hostPath: 2,
  rootfsPath: 2,
  slot: 3,
  u64: 4,
  i64: 4,
  i32: 5,
  bytes: 6,
  strs: 7,
  u32s: 8,
} as const satisfies Record<FieldKind, number>
export type WireForm = (typeof WIRE_FORMS)[FieldKind]
