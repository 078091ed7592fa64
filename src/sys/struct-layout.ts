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

/**
 * Lays members out in order with the alignment C gives them; little-endian, as every platform of runts is. It does so at
 * the first use: most of the layouts are of no use to the command at hand.
 */
export function structLayout<const M extends Members>(members: M): StructLayout<M> {
  return new Layout(members)
}

class Layout<const M extends Members> implements StructLayout<M> {
  readonly #members: M
  #places: Places<M> | undefined

  constructor(members: M) {
    this.#members = members
  }

  get size(): number {
    return this.#layOut().size
  }

  get offsets(): Readonly<Record<keyof M, number>> {
    return this.#layOut().offsets
  }

  pack(values: Partial<StructValue<M>>): Uint8Array {
    const { size, offsets } = this.#layOut()
    const memory = allocate(size)
    const view = viewOf(memory)
    for (const [name, value] of Object.entries(values)) {
      const setter = view[MEMBERS[this.#members[name] as MemberType].set] as (...args: unknown[]) => void
      setter.call(view, offsets[name as keyof M], value, true)
    }
    return memory
  }

  get<K extends keyof M>(memory: Uint8Array, member: K): ValueOf<M[K]> {
    const view = viewOf(memory)
    const getter = view[MEMBERS[this.#members[member] as MemberType].get] as (...args: unknown[]) => unknown
    return getter.call(view, this.#layOut().offsets[member], true) as ValueOf<M[K]>
  }

  #layOut(): Places<M> {
    this.#places ??= placesOf(this.#members)
    return this.#places
  }
}

interface Places<M extends Members> {
  readonly size: number
  readonly offsets: Readonly<Record<keyof M, number>>
}

function placesOf<M extends Members>(members: M): Places<M> {
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
  return { size: roundUp(end, alignment), offsets }
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
