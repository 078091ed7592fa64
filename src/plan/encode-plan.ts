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
/** Bytes; the plan of an ordinary container takes five thousand. */
const FIRST_CAPACITY = 16384

/**
 * The plan as the shim reads it, little-endian: a header, then one record a step: u16 opcode, u8 phase, u8 flags
 * (1 = tolerate, 2 = and tell), u32 length of the fields, fields. Scalars take 8 bytes; text is a u32 length, the bytes and a NUL,
 * padded to 8; lists start with a u32 count padded to 8. Lengths are 32 bit and checked on both sides.
 */
export function encodePlan(plan: LaunchPlan, hash: bigint, options: { trace?: boolean } = {}): Uint8Array {
  const header = [PLAN_MAGIC, hash, BigInt(plan.steps.length), options.trace ? FLAG_TRACE : 0n]
  const { numbers, next } = numberSlots(plan)
  for (let capacity = FIRST_CAPACITY; ; capacity *= 2) {
    const memory = memoryOf(capacity)
    memory.longs.set([...header, BigInt(next)])
    const length = encodeSteps(plan.steps, numbers, memory)
    if (length <= capacity) return memory.bytes.subarray(0, length)
  }
}

/** One piece of memory, zeroed: everything starts at a multiple of 8, so numbers are stored through typed arrays. */
interface Memory {
  readonly bytes: Buffer
  readonly words: Uint32Array
  readonly longs: BigUint64Array
}

function memoryOf(capacity: number): Memory {
  // Not Buffer.from, which the engine compiles at its first call.
  const bytes = Buffer.alloc(capacity)
  return { bytes, words: new Uint32Array(bytes.buffer), longs: new BigUint64Array(bytes.buffer) }
}

/**
 * Returns the length; what does not fit is only counted, as typed arrays ignore a store beyond their end. In one piece
 * and with few calls, because this runs in an interpreter: nothing here is executed often enough to be compiled.
 */
function encodeSteps(steps: readonly PlannedStep[], slots: ReadonlyMap<string, number>, memory: Memory): number {
  const { bytes, words, longs } = memory
  let at = HEADER_SIZE
  for (const { op, phase } of steps) {
    const layout = OP_LAYOUT[op.op]
    const start = at
    at += RECORD_HEADER
    for (let i = 1; i < layout.length; i += 2) {
      const value = (op as unknown as Record<string, unknown>)[layout[i] as string]
      const form = layout[i + 1] as WireForm
      switch (form) {
        case WIRE_FORMS.u32:
          words[at >> 2] = value as number
          at += 8
          break
        case WIRE_FORMS.bool:
          words[at >> 2] = value ? 1 : 0
          at += 8
          break
        case WIRE_FORMS.u64:
          longs[at >> 3] = value as bigint
          at += 8
          break
        case WIRE_FORMS.i32:
          longs[at >> 3] = BigInt(value as number)
          at += 8
          break
        case WIRE_FORMS.slot:
          words[at >> 2] = value === '' ? NO_SLOT : slotNumber(value as string, slots)
          at += 8
          break
        case WIRE_FORMS.str:
          at = encodeText(value as string, memory, at)
          break
        case WIRE_FORMS.strs:
          words[at >> 2] = (value as readonly string[]).length
          at += 8
          for (const text of value as readonly string[]) at = encodeText(text, memory, at)
          break
        case WIRE_FORMS.bytes: {
          const content = value as Uint8Array
          words[at >> 2] = content.length
          if (at + 4 + content.length <= bytes.length) bytes.set(content, at + 4)
          at += sizeOfText(content.length)
          break
        }
        case WIRE_FORMS.u32s: {
          const list = value as readonly number[]
          words[at >> 2] = list.length
          for (let item = 0; item < list.length; item++) words[(at >> 2) + 2 + item] = list[item] as number
          at += 8 + ((list.length * 4 + 7) & ~7)
          break
        }
        default:
          form satisfies never
      }
    }
    words[start >> 2] = layout[0] | (PHASES.indexOf(phase) << 16) | (FLAGS_OF_TOLERATE[`${op.tolerate ?? false}`] << 24)
    words[(start >> 2) + 1] = at - start - RECORD_HEADER
  }
  return at
}

/** Returns where it ends. */
function encodeText(text: string, { bytes, words }: Memory, at: number): number {
  if (text.includes('\0')) throw new RuntimeError('BUG', 'cannot encode the plan: a text holds a NUL byte')
  // Three bytes are the most that UTF-8 takes for a unit of the text.
  const fits = at + 4 + 3 * text.length <= bytes.length
  const length = fits ? bytes.write(text, at + 4) : 3 * text.length
  words[at >> 2] = length
  return at + sizeOfText(length)
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
