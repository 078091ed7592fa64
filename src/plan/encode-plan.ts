// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import type { LaunchPlan, PlannedStep } from './launch-plan.ts'
import { numberSlots } from './number-slots.ts'
import { OP_LAYOUT } from './op-layout.ts'
import { PHASES } from './phases.ts'
import type { WireForm } from './wire-forms.ts'
import { WIRE_FORMS } from './wire-forms.ts'

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

function encodeStep(writer: PlanWriter, { op, phase }: PlannedStep, slots: ReadonlyMap<string, number>): void {
  const layout = OP_LAYOUT[op.op]
  const at = writer.reserve(RECORD_HEADER)
  for (let i = 1; i < layout.length; i += 2) {
    const value = (op as unknown as Record<string, unknown>)[layout[i] as string]
    writer.field(layout[i + 1] as WireForm, value, slots)
  }
  writer.record(at, layout[0], PHASES.indexOf(phase), FLAGS_OF_TOLERATE[`${op.tolerate ?? false}`])
}

/** Everything starts at a multiple of 8 in memory that was zero, so numbers are stored through typed arrays. */
class PlanWriter {
  // Not Buffer.from, which the engine compiles at its first call.
  #bytes = Buffer.alloc(16384)
  #words = new Uint32Array(this.#bytes.buffer)
  #longs = new BigUint64Array(this.#bytes.buffer)
  #length = 0

  reserve(size: number): number {
    const at = this.#length
    this.#length = at + size
    if (this.#length > this.#bytes.length) this.#grow(at)
    return at
  }

  #grow(used: number): void {
    const written = this.#bytes.subarray(0, used)
    this.#bytes = Buffer.alloc(Math.max((this.#length + 7) & ~7, this.#bytes.length * 2))
    this.#words = new Uint32Array(this.#bytes.buffer)
    this.#longs = new BigUint64Array(this.#bytes.buffer)
    this.#bytes.set(written)
  }

  record(at: number, opcode: number, phase: number, flags: number): void {
    this.#words[at >> 2] = opcode | (phase << 16) | (flags << 24)
    this.#words[(at >> 2) + 1] = this.#length - at - RECORD_HEADER
  }

  u64(value: bigint): void {
    const at = this.reserve(8)
    this.#longs[at >> 3] = value
  }

  u32(value: number): void {
    const at = this.reserve(8)
    this.#words[at >> 2] = value
  }

  bytes(value: Uint8Array): void {
    const at = this.reserve(sizeOfText(value.length))
    this.#words[at >> 2] = value.length
    this.#bytes.set(value, at + 4)
  }

  text(value: string): void {
    if (value.includes('\0')) throw new RuntimeError('BUG', 'cannot encode the plan: a text holds a NUL byte')
    // The most that UTF-8 takes, so that there is room; what is not used is given back.
    const at = this.reserve(sizeOfText(value.length * 3))
    const length = this.#bytes.write(value, at + 4)
    this.#words[at >> 2] = length
    this.#length = at + sizeOfText(length)
  }

  field(form: WireForm, value: unknown, slots: ReadonlyMap<string, number>): void {
    switch (form) {
      case WIRE_FORMS.u32:
        this.u32(value as number)
        break
      case WIRE_FORMS.bool:
        this.u32(value ? 1 : 0)
        break
      case WIRE_FORMS.str:
        this.text(value as string)
        break
      case WIRE_FORMS.slot:
        this.u32(value === '' ? NO_SLOT : slotNumber(value as string, slots))
        break
      case WIRE_FORMS.u64:
        this.u64(value as bigint)
        break
      case WIRE_FORMS.i32:
        this.u64(BigInt(value as number))
        break
      case WIRE_FORMS.bytes:
        this.bytes(value as Uint8Array)
        break
      case WIRE_FORMS.strs:
        this.#texts(value as readonly string[])
        break
      case WIRE_FORMS.u32s:
        this.#numbers(value as readonly number[])
        break
      default:
        form satisfies never
    }
  }

  #texts(list: readonly string[]): void {
    this.u32(list.length)
    for (const item of list) this.text(item)
  }

  #numbers(list: readonly number[]): void {
    this.u32(list.length)
    const at = this.reserve((list.length * 4 + 7) & ~7)
    for (let i = 0; i < list.length; i++) this.#words[(at >> 2) + i] = list[i] as number
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}

/** Length, bytes and NUL, padded. */
function sizeOfText(length: number): number {
  return (4 + length + 1 + 7) & ~7
}

function slotNumber(slot: string, slots: ReadonlyMap<string, number>): number {
  const number = slots.get(slot)
  if (number === undefined) throw new RuntimeError('BUG', `cannot encode the plan: nobody opens the slot ${slot}`)
  return number
}
