// SPDX-License-Identifier: Apache-2.0
import { errnoName } from '../errors/errno-names.ts'
import { POLL } from './constants.ts'
import { lastErrno, libc } from './libc.ts'
import { allocate, structLayout } from './struct-layout.ts'
import { call, syscallNumber, systemCallFailed } from './syscall.ts'

export const pollfd = structLayout({ fd: 'i32', events: 'i16', revents: 'i16' })
export const timespec = structLayout({ tv_sec: 'u64', tv_nsec: 'u64' })

/** Blocks until `fd` can be read, hangs up, or `milliseconds` have passed; true unless the time ran out. */
export function waitReadable(fd: number, milliseconds?: number): boolean {
  return call(`cannot wait for descriptor ${fd}`, 'ppoll', pollOne(fd), 1, timeout(milliseconds), null, 0) > 0
}

/** Blocks until one of the descriptors can be read or hangs up; tells which of them do. */
export function waitAnyReadable(fds: readonly number[]): boolean[] {
  return waitAnyReady(fds.map((fd) => ({ fd, events: POLL.POLLIN })))
}

/** POLL* events of a descriptor to wait for; one of -1 never has any. */
export interface Wanted {
  readonly fd: number
  readonly events: number
}

/**
 * Blocks until one of the descriptors has one of its events, hangs up or fails, or `milliseconds` have passed; tells
 * which of them do.
 */
export function waitAnyReady(wanted: readonly Wanted[], milliseconds?: number): boolean[] {
  const requests = pollAll(wanted)
  call('cannot wait for several descriptors', 'ppoll', requests, wanted.length, timeout(milliseconds), null, 0)
  return readyOf(requests, wanted)
}

/** The same, while this process goes on with its event loop. */
export async function untilAnyReady(wanted: readonly Wanted[], milliseconds?: number): Promise<boolean[]> {
  const requests = pollAll(wanted)
  const time = timeout(milliseconds)
  await new Promise<void>((resolve, reject) => {
    const poll = () =>
      libc('syscall').async(syscallNumber('ppoll'), requests, wanted.length, time, null, 0, 0, (_error, result) => {
        if (result >= 0) return resolve()
        const errno = lastErrno()
        if (errnoName(errno) === 'EINTR') return poll()
        reject(systemCallFailed('cannot wait for descriptors', 'ppoll', errno))
      })
    poll()
  })
  return readyOf(requests, wanted)
}

/** Resolves when `fd` can be read or hangs up, while this process goes on with its event loop. */
export async function untilReadable(fd: number): Promise<void> {
  await untilAnyReady([{ fd, events: POLL.POLLIN }])
}

function pollAll(wanted: readonly Wanted[]): Uint8Array {
  const requests = allocate(pollfd.size * wanted.length)
  wanted.forEach((request, index) => {
    requests.set(pollfd.pack(request), pollfd.size * index)
  })
  return requests
}

function readyOf(requests: Uint8Array, wanted: readonly Wanted[]): boolean[] {
  return wanted.map((_, index) => pollfd.get(requests.subarray(pollfd.size * index), 'revents') !== 0)
}

function pollOne(fd: number): Uint8Array {
  return pollfd.pack({ fd, events: POLL.POLLIN })
}

function timeout(milliseconds: number | undefined): Uint8Array | null {
  if (milliseconds === undefined) return null
  const seconds = Math.floor(milliseconds / 1000)
  return timespec.pack({ tv_sec: BigInt(seconds), tv_nsec: BigInt(Math.round((milliseconds - seconds * 1000) * 1e6)) })
}
