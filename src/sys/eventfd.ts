// SPDX-License-Identifier: Apache-2.0
import { readSync } from 'node:fs'
import { errnoOf } from '../errors/runtime-error.ts'
import { EVENTFD } from './constants.ts'
import { Fd } from './fd.ts'
import { call } from './syscall.ts'

/** A counter of the kernel that is readable while it is not 0 (eventfd(2)). */
export function createEventfd(): Fd {
  return new Fd(call('cannot create an eventfd', 'eventfd2', 0, EVENTFD.EFD_CLOEXEC | EVENTFD.EFD_NONBLOCK))
}

/** What the counter had come to; it is 0 afterwards. */
export function takeEvents(eventfd: Fd): bigint {
  const counter = Buffer.alloc(8)
  try {
    readSync(eventfd.number, counter)
    return counter.readBigUInt64LE()
  } catch (error) {
    if (errnoOf(error) === 'EAGAIN') return 0n
    throw error
  }
}
