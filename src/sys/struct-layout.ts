// SPDX-License-Identifier: Apache-2.0

/** Member types of the C structs used here; `pointer` and 64-bit members are bigint. */
const MEMBERS = {
  u8: { size: 1, get: 'getUint8', set: 'setUint8' },
  u16: { size: 2, get: 'getUint16', set: 'setUint16' },
  i16: { size: 2, get: 'getInt16', set: 'setInt16' },
  u32: { size: 4, get: 'getUint32', set: 'setUint32' },
  i32: { size: 4, get: 'getInt32', set: 'setInt32' },
  u64: { size: 8, get: 'getBigUint64', set: 'setBigUint64' },
  pointer: { size: 8, get: 'getBigUint64', set: 'setBigUint64' },
} as const

type MemberType = keyof typeof MEMBERS
type Members = Readonly<Record<string, MemberType>>
type ValueOf<T extends MemberType> = T extends 'u64' | 'pointer' ? bigint : number
export type StructValue<M extends Members> = { -readonly [K in keyof M]: ValueOf<M[K]> }

export interface StructLayout<M extends Members> {
  readonly size: number
  readonly offsets: Readonly<Record<keyof M, number>>
  /** The struct in memory of its own; members not given are zero. */
  pack(values: Partial<StructValue<M>>): Uint8Array
  get<K extends keyof M>(memory: Uint8Array, member: K): ValueOf<M[K]>
}

/** Lays members out in order with the alignment C gives them; little-endian, as every platform of runts is. */
export function structLayout<const M extends Members>(members: M): StructLayout<M> {
  const offsets = {} as Record<keyof M, number>
  let end = 0
  let alignment = 1
  for (const [name, type] of Object.entries(members)) {
    const { size } = MEMBERS[type]
    end = roundUp(end, size)
    offsets[name as keyof M] = end
    end += size
    alignment = Math.max(alignment, size)
  }
  const size = roundUp(end, alignment)
  return {
    size,
    offsets,
    pack(values) {
      const memory = allocate(size)
      const view = viewOf(memory)
      for (const [name, value] of Object.entries(values)) {
        const setter = view[MEMBERS[members[name] as MemberType].set] as (...args: unknown[]) => void
        setter.call(view, offsets[name as keyof M], value, true)
      }
      return memory
    },
    get(memory, member) {
      const view = viewOf(memory)
      const getter = view[MEMBERS[members[member] as MemberType].get] as (...args: unknown[]) => unknown
      return getter.call(view, offsets[member], true) as ValueOf<M[typeof member]>
    },
  }
}

/** Zeroed memory at an address that stays: small arrays without a buffer of their own may move in JavaScriptCore. */
export function allocate(size: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(size))
}

export function viewOf(memory: Uint8Array): DataView {
  return new DataView(memory.buffer, memory.byteOffset, memory.byteLength)
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple
}
