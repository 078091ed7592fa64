// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import type { LaunchPlan, PlannedStep } from './launch-plan.ts'
import { numberSlots } from './number-slots.ts'
import type { FieldKind, OpRow } from './op-table.ts'
import { OPS, PHASES } from './op-table.ts'

/** First bytes of an encoded plan, "RUNTSPLN" read as little-endian. */
export const PLAN_MAGIC = 0x4e4c5053544e5552n
/** Header: magic, table hash, step count, flags, first free descriptor; each 8 bytes. */
export const HEADER_SIZE = 40
export const FLAG_TRACE = 1n
const RECORD_HEADER = 8
/** STEP_TOLERATE and STEP_TELL of native-shim/plan.h. */
const FLAGS_OF_TOLERATE = { false: 0, true: 1, tell: 3 } as const
const NO_SLOT = 0xffffffff

/**
 * The plan as the shim reads it, little-endian: a header, then one record a step: u16 opcode, u8 phase, u8 flags
 * (1 = tolerate, 2 = and tell), u32 length of the fields, fields. Scalars take 8 bytes; text is a u32 length, the bytes and a NUL,
 * padded to 8; lists start with a u32 count padded to 8. Lengths are 32 bit and checked on both sides.
 */
export function encodePlan(plan: LaunchPlan, hash: bigint, options: { trace?: boolean } = {}): Uint8Array {
  const writer = new PlanWriter()
  const slots = numberSlots(plan)
  writer.u64(PLAN_MAGIC)
  writer.u64(hash)
  writer.u64(BigInt(plan.steps.length))
  writer.u64(options.trace ? FLAG_TRACE : 0n)
  writer.u64(BigInt(slots.next))
  for (const step of plan.steps) encodeStep(writer, step, slots.numbers)
  return writer.finish()
}

function encodeStep(writer: PlanWriter, step: PlannedStep, slots: ReadonlyMap<string, number>): void {
  const row: OpRow = OPS[step.op.op]
  const at = writer.reserve(RECORD_HEADER)
  for (const [field, kind] of Object.entries(row.fields)) {
    writer.field(kind, (step.op as unknown as Record<string, unknown>)[field], slots)
  }
  writer.record(at, row.code, PHASES.indexOf(step.phase), FLAGS_OF_TOLERATE[`${step.op.tolerate ?? false}`])
}

class PlanWriter {
  #bytes = Buffer.alloc(16384)
  #length = 0

  reserve(size: number): number {
    const at = this.#length
    const needed = at + size
    if (needed > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(needed, this.#bytes.length * 2))
      this.#bytes.copy(grown, 0, 0, at)
      this.#bytes = grown
    }
    this.#length = needed
    return at
  }

  record(at: number, opcode: number, phase: number, flags: number): void {
    this.#bytes.writeUInt16LE(opcode, at)
    this.#bytes.writeUInt8(phase, at + 2)
    this.#bytes.writeUInt8(flags, at + 3)
    this.#bytes.writeUInt32LE(this.#length - at - RECORD_HEADER, at + 4)
  }

  u64(value: bigint): void {
    // First, since it may replace the buffer.
    const at = this.reserve(8)
    this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), at)
  }

  u32(value: number): void {
    const at = this.reserve(8)
    this.#bytes.writeUInt32LE(value >>> 0, at)
    this.#bytes.writeUInt32LE(0, at + 4)
  }

  bytes(value: Uint8Array): void {
    const padded = (4 + value.length + 1 + 7) & ~7
    const at = this.reserve(padded)
    this.#bytes.writeUInt32LE(value.length, at)
    this.#bytes.set(value, at + 4)
    this.#bytes.fill(0, at + 4 + value.length, at + padded)
  }

  text(value: string): void {
    if (value.includes('\0')) throw new RuntimeError('BUG', 'cannot encode the plan: a text holds a NUL byte')
    const length = Buffer.byteLength(value)
    const padded = (4 + length + 1 + 7) & ~7
    const at = this.reserve(padded)
    this.#bytes.writeUInt32LE(length, at)
    this.#bytes.write(value, at + 4, length, 'utf8')
    this.#bytes.fill(0, at + 4 + length, at + padded)
  }

  field(kind: FieldKind, value: unknown, slots: ReadonlyMap<string, number>): void {
    if (kind === 'u32') this.u32(value as number)
    else if (kind === 'bool') this.u32(value ? 1 : 0)
    else if (kind === 'i32') this.u64(BigInt(value as number))
    else if (kind === 'u64' || kind === 'i64') this.u64(value as bigint)
    else if (kind === 'str' || kind === 'hostPath' || kind === 'rootfsPath') this.text(value as string)
    else if (kind === 'bytes') this.bytes(value as Uint8Array)
    else if (kind === 'slot') this.u32(value === '' ? NO_SLOT : slotNumber(value as string, slots))
    else if (kind === 'strs') this.#texts(value as readonly string[])
    else if (kind === 'u32s') this.#numbers(value as readonly number[])
    else kind satisfies never
  }

  #texts(list: readonly string[]): void {
    this.u32(list.length)
    for (const item of list) this.text(item)
  }

  #numbers(list: readonly number[]): void {
    this.u32(list.length)
    const at = this.reserve((list.length * 4 + 7) & ~7)
    for (const [i, item] of list.entries()) this.#bytes.writeUInt32LE(item >>> 0, at + i * 4)
    if (list.length % 2) this.#bytes.writeUInt32LE(0, at + list.length * 4)
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}

function slotNumber(slot: string, slots: ReadonlyMap<string, number>): number {
  const number = slots.get(slot)
  if (number === undefined) throw new RuntimeError('BUG', `cannot encode the plan: nobody opens the slot ${slot}`)
  return number
}
