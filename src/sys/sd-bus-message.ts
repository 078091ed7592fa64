// SPDX-License-Identifier: Apache-2.0
import { errnoName } from '../errors/errno-names.ts'
import { bytesAt, type LibsystemdFunction, libsystemd, textAt } from './libsystemd.ts'

/** A value of the D-Bus type that its signature says: integers as numbers or bigints, arrays and structs as lists. */
export type BusValue = boolean | number | bigint | string | readonly BusValue[] | BusVariant

/** A value that says its own type, such as `{ signature: 'au', value: [1] }`. */
export interface BusVariant {
  readonly signature: string
  readonly value: BusValue
}

/** What another side of the bus, or the library itself, answered instead of a reply. */
export class BusError extends Error {
  /** As in `org.freedesktop.systemd1.UnitExists`; an errno's name where there was no answer. */
  readonly errorName: string

  constructor(errorName: string, message: string) {
    super(message)
    this.errorName = errorName
  }
}

/** The result of a function of the library, unless it is an errno: then throws BusError with its name. */
export function check(result: number): number {
  if (result < 0) throw new BusError(errnoName(-result), '')
  return result
}

/** Runs a function that returns a new handle through its first pointer, or the one after `before`. */
export function handleFrom(name: LibsystemdFunction, before: bigint[] = [], after: string[] = []): bigint {
  const memory = Buffer.alloc(8)
  check(libsystemd(name)(...before, memory, ...after))
  return memory.readBigUInt64LE()
}

/** Appends one value for each complete type of the signature. */
export function appendValues(message: bigint, signature: string, values: readonly BusValue[]): void {
  for (const [index, type] of splitSignature(signature).entries()) appendValue(message, type, values[index] ?? '')
}

function appendValue(message: bigint, type: string, value: BusValue): void {
  const [kind = ''] = type
  if (kind === 'v') {
    const { signature, value: inner } = value as BusVariant
    within(message, 'v', signature, () => appendValue(message, signature, inner))
  } else if (kind === 'a') {
    const element = type.slice(1)
    within(message, 'a', element, () => {
      for (const each of value as readonly BusValue[]) appendValue(message, element, each)
    })
  } else if (kind === '(') {
    const members = type.slice(1, -1)
    within(message, 'r', members, () => appendValues(message, members, value as readonly BusValue[]))
  } else check(libsystemd('sd_bus_message_append_basic')(message, kind.charCodeAt(0), basicBytes(kind, value)))
}

function within(message: bigint, container: 'a' | 'r' | 'v', contents: string, append: () => void): void {
  check(libsystemd('sd_bus_message_open_container')(message, container.charCodeAt(0), contents))
  append()
  check(libsystemd('sd_bus_message_close_container')(message))
}

/** The complete types of a signature, as in `s`, `a(sv)`, `u`. */
export function splitSignature(signature: string): string[] {
  const types: string[] = []
  for (let at = 0; at < signature.length; ) {
    const end = endOfType(signature, at)
    types.push(signature.slice(at, end))
    at = end
  }
  return types
}

function endOfType(signature: string, start: number): number {
  let at = start
  while (signature[at] === 'a') at += 1
  if (signature[at] !== '(') return at + 1
  for (let depth = 0; at < signature.length; at += 1) {
    if (signature[at] === '(') depth += 1
    else if (signature[at] === ')' && --depth === 0) return at + 1
  }
  return at
}

const INTEGERS = 'ynqiuxt'

/** A value in memory as C has it, little-endian: text ends in NUL, a boolean is an int. */
function basicBytes(kind: string, value: BusValue): Uint8Array {
  const memory = Buffer.alloc(8)
  if (kind === 'b') memory.writeInt32LE(value ? 1 : 0)
  else if (kind === 'd') memory.writeDoubleLE(Number(value))
  else if (INTEGERS.includes(kind)) memory.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value as number | bigint)))
  else return Buffer.from(`${value}\0`)
  return memory
}

/** A member of a message as it is read: 64-bit integers are bigint, an array of bytes is one value. */
export type BusMember = string | number | bigint | number[]

/**
 * Reads the first members of a message and gives it back: basic types, arrays of bytes, and as the last a variant, whose
 * content follows its `v`.
 */
export function readAndRelease(message: bigint, signature: string): BusMember[] {
  try {
    const members: BusMember[] = []
    for (const type of splitSignature(signature)) {
      if (type === 'v') enterVariant(message, signature.slice(signature.indexOf('v') + 1))
      else members.push(type === 'ay' ? readBytes(message) : readBasic(message, type))
    }
    return members
  } finally {
    libsystemd('sd_bus_message_unref')(message)
  }
}

function enterVariant(message: bigint, contents: string): void {
  check(libsystemd('sd_bus_message_enter_container')(message, 'v'.charCodeAt(0), contents))
}

function readBasic(message: bigint, type: string): BusMember {
  const memory = Buffer.alloc(8)
  check(libsystemd('sd_bus_message_read_basic')(message, type.charCodeAt(0), memory))
  const number = memory.readBigUInt64LE()
  if (!INTEGERS.includes(type)) return textAt(number)
  return type === 'x' || type === 't' ? number : Number(number)
}

function readBytes(message: bigint): number[] {
  const [start, size] = [Buffer.alloc(8), Buffer.alloc(8)]
  check(libsystemd('sd_bus_message_read_array')(message, 'y'.charCodeAt(0), start, size))
  return bytesAt(start.readBigUInt64LE(), Number(size.readBigUInt64LE()))
}
