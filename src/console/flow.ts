// SPDX-License-Identifier: Apache-2.0
import { allocate } from '../sys/struct-layout.ts'
import { callOrErrno } from '../sys/syscall.ts'

const EAGAIN = 11
const ROOM = 64 * 1024

/** An end of a flow. One that may block is only used when it is ready, and gets no more than it surely takes. */
export interface FlowEnd {
  readonly fd: number
  readonly mayBlock: boolean
}

/** What POSIX lets a pipe take at once (PIPE_BUF). */
const SMALL = 4096

/**
 * Bytes on their way from one descriptor to another. Nothing is read before all that was read is written: a reader that
 * is slow makes the writer wait, and memory is bounded.
 */
export class Flow {
  readonly #source: FlowEnd
  readonly #sink: FlowEnd
  readonly #room = allocate(ROOM)
  #start = 0
  #end = 0
  #isOpen = true

  constructor(source: FlowEnd, sink: FlowEnd) {
    this.#source = source
    this.#sink = sink
  }

  /** The descriptor to read from next, or -1. */
  get reads(): number {
    return this.#isOpen && this.#start === this.#end ? this.#source.fd : -1
  }

  /** The descriptor to write to next, or -1. */
  get writes(): number {
    return this.#start < this.#end ? this.#sink.fd : -1
  }

  /** Reads and, if that cannot block, writes at once. Returns how many bytes came; after the end there are none. */
  fill(): number {
    const length = callOrErrno('read', this.#source.fd, this.#room, ROOM)
    if (length === -EAGAIN) return 0
    this.#isOpen = length > 0
    this.#start = 0
    this.#end = Math.max(length, 0)
    return this.#end
  }

  /** Writes what there is room for; false when nobody takes it any more. */
  flush(): boolean {
    const waiting = this.#room.subarray(this.#start, this.#end)
    const length = this.#sink.mayBlock ? Math.min(SMALL, waiting.length) : waiting.length
    const written = callOrErrno('write', this.#sink.fd, waiting, length)
    if (written === -EAGAIN) return true
    if (written < 0) this.stop()
    else this.#start += written
    return written >= 0
  }

  /** Whether `flush` may be tried without waiting for the sink. */
  get flows(): boolean {
    return this.#start < this.#end && !this.#sink.mayBlock
  }

  /** Forgets what has not been written and reads no more. */
  stop(): void {
    this.#isOpen = false
    this.#start = this.#end
  }
}
