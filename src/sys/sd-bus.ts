// SPDX-License-Identifier: Apache-2.0
import { errnoName } from '../errors/errno-names.ts'
import { libsystemd, textAt } from './libsystemd.ts'
import {
  appendValues,
  BusError,
  type BusMember,
  type BusValue,
  check,
  handleFrom,
  readAndRelease,
} from './sd-bus-message.ts'

export interface BusTarget {
  readonly destination: string
  readonly path: string
  readonly interface: string
}

// sd_bus_error: the addresses of a name and of a message, and a flag.
const ERROR_SIZE = 24
const MICROSECONDS = 1000n

/** A connection to a message bus, used from one thread and closed by its owner (sd-bus(3)). Its verbs throw BusError. */
export class Bus {
  readonly #handle: bigint

  private constructor(handle: bigint) {
    this.#handle = handle
  }

  static open(which: 'system' | 'user'): Bus {
    return new Bus(handleFrom(which === 'system' ? 'sd_bus_open_system' : 'sd_bus_open_user'))
  }

  /** Talks to one service without a broker in between; `address` as in `unix:path=/run/systemd/private`. */
  static connect(address: string): Bus {
    const bus = new Bus(handleFrom('sd_bus_new'))
    try {
      check(libsystemd('sd_bus_set_address')(bus.#handle, address))
      check(libsystemd('sd_bus_start')(bus.#handle))
      return bus
    } catch (error) {
      bus.close()
      throw error
    }
  }

  close(): void {
    libsystemd('sd_bus_flush_close_unref')(this.#handle)
  }

  /** Calls a method and waits for its reply, of which the members in `reply` are read: see `readAndRelease`. */
  call(
    { destination, path, interface: name }: BusTarget,
    member: string,
    { signature, values, reply = '' }: { signature: string; values: readonly BusValue[]; reply?: string },
    timeoutMs: number,
  ): BusMember[] {
    const message = handleFrom('sd_bus_message_new_method_call', [this.#handle], [destination, path, name, member])
    try {
      appendValues(message, signature, values)
      return readAndRelease(this.#send(message, timeoutMs), reply)
    } finally {
      libsystemd('sd_bus_message_unref')(message)
    }
  }

  #send(message: bigint, timeoutMs: number): bigint {
    const error = Buffer.alloc(ERROR_SIZE)
    const answer = Buffer.alloc(8)
    const result = libsystemd('sd_bus_call')(this.#handle, message, BigInt(timeoutMs) * MICROSECONDS, error, answer)
    try {
      const [name, text] = [error.readBigUInt64LE(0), error.readBigUInt64LE(8)]
      if (result < 0) throw new BusError(textAt(name) || errnoName(-result), textAt(text))
      return answer.readBigUInt64LE()
    } finally {
      libsystemd('sd_bus_error_free')(error)
    }
  }

  /**
   * What `pick` makes of the next signal of this name, passing over those of which it makes nothing; undefined when
   * none came in time. On a bus with a broker the signals have to be asked for before: `AddMatch`.
   */
  waitForSignal<T>(
    target: BusTarget,
    member: string,
    signature: string,
    timeoutMs: number,
    pick: (members: BusMember[]) => T | undefined,
  ): T | undefined {
    const end = performance.now() + timeoutMs
    const slot = Buffer.alloc(8)
    for (;;) {
      slot.fill(0)
      const progress = check(libsystemd('sd_bus_process')(this.#handle, slot))
      const message = slot.readBigUInt64LE()
      if (message !== 0n) {
        const isWanted = libsystemd('sd_bus_message_is_signal')(message, target.interface, member) > 0
        const members = readAndRelease(message, isWanted ? signature : '')
        const picked = isWanted ? pick(members) : undefined
        if (picked !== undefined) return picked
      }
      if (progress > 0) continue
      const left = Math.ceil(end - performance.now())
      if (left <= 0) return undefined
      check(libsystemd('sd_bus_wait')(this.#handle, BigInt(left) * MICROSECONDS))
    }
  }
}
