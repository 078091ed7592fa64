// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import type { Fd } from '../sys/fd.ts'
import { viewOf } from '../sys/struct-layout.ts'

/** What the shim says; `step` counts from 0. The layout is `struct message` of native-shim/control.h. */
export type ShimMessage =
  | { readonly type: 'born'; readonly pid: number }
  | SyncMessage
  | { readonly type: 'trace'; readonly step: number; readonly nanoseconds: bigint }
  | { readonly type: 'mismatch'; readonly detail: string }
  /** All hooks have run: without it, the end of the connection means that the process ended before execve(2). */
  | { readonly type: 'executing' }
  | (StepFailure & { readonly type: 'failed' })
  | (StepFailure & { readonly type: 'forgiven' })
  | HookOutput
  | HookEnd

export interface SyncMessage {
  readonly type: 'sync'
  readonly step: number
  readonly point: number
  /** A descriptor of the waiting process that the runtime may fetch, or -1. */
  readonly descriptor: number
  /** Descriptors that came along; whoever gets the message owns them. */
  readonly given: readonly Fd[]
}

/** `forgiven`: the plan lets the step fail in this way, and the launch goes on. */
export interface StepFailure {
  readonly type: 'failed' | 'forgiven'
  readonly step: number
  /** errno as a number. */
  readonly error: number
  readonly syscall: string
  readonly detail: string
}

/** A piece of the end of what a hook wrote. */
export interface HookOutput {
  readonly type: 'output'
  readonly stream: 1 | 2
  readonly bytes: Uint8Array
  /** The hook wrote more before what is kept. */
  readonly cut: boolean
}

/** How a hook ended that failed; the failure of its step follows. */
export interface HookEnd {
  readonly type: 'hook'
  /** Of wait(2). */
  readonly status: number
  readonly nanoseconds: bigint
  readonly label: string
}

const decoder = new TextDecoder()
const DETAIL_AT = 64
const SYSCALL_AT = 24
/** The largest message: header and a detail of 512 bytes. */
export const MESSAGE_SIZE = DETAIL_AT + 512

export function parseShimMessage(bytes: Uint8Array, given: readonly Fd[] = []): ShimMessage {
  if (bytes.length < DETAIL_AT) throw new RuntimeError('BUG', `cannot read a message of ${bytes.length} bytes`)
  const message = viewOf(bytes)
  const length = message.getUint32(20, true)
  if (bytes.length !== DETAIL_AT + length) throw new RuntimeError('BUG', 'cannot read a message: its length is wrong')
  const [type, step, value] = [message.getUint32(0, true), message.getUint32(4, true), message.getBigInt64(8, true)]
  // Only a waiting process has something to give.
  if (type !== 2) for (const fd of given) fd.close()
  const detail = decoder.decode(bytes.subarray(DETAIL_AT))
  switch (type) {
    case 1:
      return { type: 'born', pid: Number(value) }
    case 2:
      return { type: 'sync', step, point: Number(value), descriptor: message.getInt32(16, true), given }
    case 3:
    case 6: {
      const kind = type === 3 ? 'failed' : 'forgiven'
      return { type: kind, step, error: message.getInt32(16, true), syscall: cText(bytes), detail }
    }
    case 4:
      return { type: 'trace', step, nanoseconds: value }
    case 5:
      return { type: 'mismatch', detail }
    case 7: {
      const output = bytes.subarray(DETAIL_AT)
      return { type: 'output', stream: value === 1n ? 1 : 2, bytes: output, cut: message.getInt32(16, true) !== 0 }
    }
    case 8:
      return { type: 'hook', status: message.getInt32(16, true), nanoseconds: value, label: detail }
    case 9:
      return { type: 'executing' }
    default:
      throw new RuntimeError('BUG', `cannot read a message of type ${type}`)
  }
}

function cText(bytes: Uint8Array): string {
  return decoder.decode(bytes.subarray(SYSCALL_AT, bytes.indexOf(0, SYSCALL_AT)))
}
