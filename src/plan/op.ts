// SPDX-License-Identifier: Apache-2.0
import type { FieldKind, OPS, OpName } from './op-table.ts'

declare const hostPath: unique symbol
declare const rootfsPath: unique symbol
declare const slotBrand: unique symbol

/** An absolute path resolved on the host. */
export type HostPath = string & { readonly [hostPath]?: true }
/** An absolute path as seen inside the container; only the shim resolves it. */
export type RootfsPath = string & { readonly [rootfsPath]: true }
/** The name of a descriptor inside a plan. */
export type Slot = string & { readonly [slotBrand]: true }

/** Written where an op takes a slot and none is meant. */
export const noSlot = '' as Slot

interface FieldTypes {
  u32: number
  i32: number
  u64: bigint
  i64: bigint
  bool: boolean
  str: string
  strs: readonly string[]
  bytes: Uint8Array
  u32s: readonly number[]
  hostPath: HostPath
  rootfsPath: RootfsPath
  slot: Slot
}

type FieldsOf<N extends OpName> = {
  readonly [F in keyof (typeof OPS)[N]['fields']]: (typeof OPS)[N]['fields'][F] extends FieldKind
    ? FieldTypes[(typeof OPS)[N]['fields'][F]]
    : never
}

/**
 * One step as a discriminated union on `op`, derived from the table. `tolerate` forgives the errnos of its row, in
 * silence or, with `tell`, with a warning.
 */
export type Op = { [N in OpName]: { readonly op: N; readonly tolerate?: true | 'tell' } & FieldsOf<N> }[OpName]
export type OpOf<N extends OpName> = Extract<Op, { op: N }>
