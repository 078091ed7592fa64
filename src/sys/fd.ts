// SPDX-License-Identifier: Apache-2.0
import { closeSync } from 'node:fs'
import { RuntimeError } from '../errors/runtime-error.ts'
import { FCNTL } from './constants.ts'
import { call } from './syscall.ts'

/** An owned descriptor: closed once, by `close`, by `using`, or by whoever `release`d it. */
export class Fd {
  #number: number

  constructor(number: number) {
    this.#number = number
  }

  /** Throws BUG after close or release. */
  get number(): number {
    if (this.#number < 0) throw new RuntimeError('BUG', 'cannot use a descriptor: it is closed already')
    return this.#number
  }

  get open(): boolean {
    return this.#number >= 0
  }

  /** Closing twice is fine. */
  close(): void {
    if (this.#number >= 0) closeSync(this.release())
  }

  /** Gives the number away; this object will not close it. */
  release(): number {
    const { number } = this
    this.#number = -1
    return number
  }

  /** The name under which this process (and a child, before it closes it) can open the same file. */
  get procPath(): string {
    return `/proc/self/fd/${this.number}`
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** Reads and writes of everybody who shares this open file fail with EAGAIN where they would wait. */
export function setNonBlocking({ number }: Fd): void {
  const flags = call(`cannot read the flags of descriptor ${number}`, 'fcntl', number, FCNTL.F_GETFL, 0)
  call(`cannot set the flags of descriptor ${number}`, 'fcntl', number, FCNTL.F_SETFL, flags | FCNTL.O_NONBLOCK)
}

/** A close-on-exec copy whose number is at least `lowest`. */
export function duplicate(fd: number, lowest = 3): Fd {
  return new Fd(call(`cannot duplicate descriptor ${fd}`, 'fcntl', fd, FCNTL.F_DUPFD_CLOEXEC, lowest))
}
