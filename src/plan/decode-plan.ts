// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import { HEADER_SIZE, PLAN_MAGIC } from './encode-plan.ts'
import type { Op } from './op.ts'
import type { FieldKind, OpRow } from './op-table.ts'
import { OPS } from './op-table.ts'
import type { Phase } from './phases.ts'
import { PHASES } from './phases.ts'

/** A plan as its bytes tell it: origins stay with the runtime, and slots are the numbers of descriptors, -1 for none. */
export interface DecodedPlan {
  readonly hash: bigint
  readonly flags: bigint
  readonly firstFreeDescriptor: number
  readonly steps: readonly { readonly phase: Phase; readonly op: DecodedOp }[]
}

export type DecodedOp = { readonly op: Op['op']; readonly tolerate?: true | 'tell' } & Readonly<Record<string, unknown>>

/** The reverse of `encodePlan`, with every length checked; throws BUG for bytes that are no plan. */
export function decodePlan(bytes: Uint8Array): DecodedPlan {
  const reader = new PlanReader(bytes)
  if (reader.u64() !== PLAN_MAGIC) throw damaged('the magic number is missing')
  const hash = reader.u64()
  const count = Number(reader.u64())
  const flags = reader.u64()
  const firstFreeDescriptor = Number(reader.u64())
  if (reader.at !== HEADER_SIZE) throw damaged('the header has another size')
  const steps = Array.from({ length: Math.min(count, bytes.length) }, () => decodeStep(reader))
  if (!reader.isAtEnd) throw damaged('there is more after the last step')
  return { hash, flags, firstFreeDescriptor, steps }
}

const rowsByCode = new Map<number, [Op['op'], OpRow]>(
  Object.entries(OPS).map(([name, row]) => [row.code, [name as Op['op'], row]]),
)

function decodeStep(reader: PlanReader): { phase: Phase; op: DecodedOp } {
  const { opcode, phase, flags, end } = reader.record()
  const found = rowsByCode.get(opcode)
  const phaseName = PHASES[phase]
  if (found === undefined || phaseName === undefined) throw damaged(`no verb has the code ${opcode} in phase ${phase}`)
  const [name, row] = found
  const fields = Object.entries(row.fields).map(([field, kind]) => [field, reader.field(kind)] as const)
  if (reader.at !== end) throw damaged(`${name} has another length`)
  const tolerate = flags & 1 ? { tolerate: flags & 2 ? ('tell' as const) : (true as const) } : {}
  return { phase: phaseName, op: { op: name, ...Object.fromEntries(fields), ...tolerate } }
}

class PlanReader {
  readonly #bytes: Buffer
  at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.at === this.#bytes.length
  }

  take(length: number): Buffer {
    if (length > this.#bytes.length - this.at) throw damaged('it ends too early')
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }

  record(): { opcode: number; phase: number; flags: number; end: number } {
    const header = this.take(8)
    const end = this.at + header.readUInt32LE(4)
    return { opcode: header.readUInt16LE(0), phase: header.readUInt8(2), flags: header.readUInt8(3), end }
  }

  u32(): number {
    return this.take(8).readUInt32LE()
  }

  u64(): bigint {
    return this.take(8).readBigUInt64LE()
  }

  bytes(): Buffer {
    const length = this.take(4).readUInt32LE()
    const padded = ((4 + length + 1 + 7) & ~7) - 4
    const padding = this.take(padded)
    if (padding[length] !== 0) throw damaged('a text has no end')
    return padding.subarray(0, length)
  }

  list<T>(read: () => T): T[] {
    const length = this.u32()
    if (length > this.#bytes.length) throw damaged('a list is longer than the plan')
    return Array.from({ length }, read)
  }

  field(kind: FieldKind): unknown {
    switch (kind) {
      case 'u32':
        return this.u32()
      case 'bool':
        return this.u32() !== 0
      case 'i32':
        return Number(BigInt.asIntN(64, this.u64()))
      case 'u64':
        return this.u64()
      case 'i64':
        return BigInt.asIntN(64, this.u64())
      case 'str':
      case 'hostPath':
      case 'rootfsPath':
        return this.bytes().toString()
      case 'bytes':
        return new Uint8Array(this.bytes())
      case 'slot':
        return this.u32() | 0
      case 'strs':
        return this.list(() => this.bytes().toString())
      case 'u32s': {
        const length = this.u32()
        const packed = this.take((length * 4 + 7) & ~7)
        return Array.from({ length }, (_, i) => packed.readUInt32LE(i * 4))
      }
      default:
        return kind satisfies never
    }
  }
}

function damaged(reason: string): RuntimeError {
  return new RuntimeError('BUG', `cannot decode the plan: ${reason}`)
}
