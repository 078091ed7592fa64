// SPDX-License-Identifier: Apache-2.0
import { fchmodSync, openSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { RuntimeError } from '../errors/runtime-error.ts'
import { FCNTL, SOCKET } from './constants.ts'
import { Fd } from './fd.ts'
import { allocate, structLayout, viewOf } from './struct-layout.ts'
import { call } from './syscall.ts'

export const timeval = structLayout({ tv_sec: 'u64', tv_usec: 'u64' })

export type SocketType = 'stream' | 'seqpacket' | 'dgram'

const TYPES = { stream: SOCKET.SOCK_STREAM, seqpacket: SOCKET.SOCK_SEQPACKET, dgram: SOCKET.SOCK_DGRAM } as const
const SUN_PATH_SIZE = 108
const SOCKADDR_UN_SIZE = 2 + SUN_PATH_SIZE

/** Two connected close-on-exec sockets that keep message boundaries. */
export function socketPair(type: SocketType = 'seqpacket'): [Fd, Fd] {
  const pair = allocate(8)
  call('cannot create a socket pair', 'socketpair', SOCKET.AF_UNIX, TYPES[type] | SOCKET.SOCK_CLOEXEC, 0, pair)
  const view = viewOf(pair)
  return [new Fd(view.getInt32(0, true)), new Fd(view.getInt32(4, true))]
}

/**
 * A listening socket of mode 0600 named `name` in an open directory. The address goes through the descriptor, so
 * that long paths fit into 108 bytes. fchmod(2) comes first: bind(2) takes the mode over, no moment is open to others.
 */
export function listenAt(directory: number, name: string, type: SocketType = 'seqpacket', backlog = 8): Fd {
  const socket = bindAt(directory, name, type, 0o600)
  try {
    call(`cannot listen on socket ${name}`, 'listen', socket.number, backlog)
    return socket
  } catch (error) {
    socket.close()
    throw error
  }
}

/** A socket that receives datagrams, of this mode from the moment it has a name, whatever the umask. */
export function bindDatagramAt(directory: number, name: string, mode: number): Fd {
  const umask = process.umask(0)
  try {
    return bindAt(directory, name, 'dgram', mode)
  } finally {
    process.umask(umask)
  }
}

function bindAt(directory: number, name: string, type: SocketType, mode: number): Fd {
  const socket = createSocket(type)
  try {
    fchmodSync(socket.number, mode)
    const address = addressAt(directory, name)
    call(`cannot bind socket ${name}`, 'bind', socket.number, address, address.length)
    return socket
  } catch (error) {
    socket.close()
    throw error
  }
}

/** Connects to the socket `name` in an open directory. Throws ECONNREFUSED when nobody listens any more. */
export function connectAt(
  directory: number,
  name: string,
  type: SocketType = 'seqpacket',
  shown = name,
  patienceMs?: number,
): Fd {
  const socket = createSocket(type)
  try {
    if (patienceMs !== undefined) limitSending(socket, patienceMs)
    const address = addressAt(directory, name)
    call(`cannot connect to socket ${shown}`, 'connect', socket.number, address, address.length)
    return socket
  } catch (error) {
    socket.close()
    throw error
  }
}

/**
 * Connects to a socket by a path of any length, such as a `--console-socket`. With `patienceMs`, connecting and sending
 * give up after that time with EAGAIN where nobody accepts or reads (socket(7), SO_SNDTIMEO).
 */
export function connectTo(path: string, type: SocketType = 'stream', patienceMs?: number): Fd {
  const directory = new Fd(openSync(dirname(path), FCNTL.O_PATH))
  try {
    return connectAt(directory.number, basename(path), type, path, patienceMs)
  } finally {
    directory.close()
  }
}

/**
 * A datagram socket connected to an absolute path, or to a name in the abstract namespace, which begins with @, as
 * NOTIFY_SOCKET has it (sd_notify(3)). Sending gives up after `patienceMs`.
 */
export function connectDatagram(address: string, patienceMs: number): Fd {
  if (address.startsWith('/')) return connectTo(address, 'dgram', patienceMs)
  if (!address.startsWith('@')) {
    throw new RuntimeError('SYSTEM_CALL_FAILED', 'it is neither an absolute path nor an abstract socket')
  }
  const socket = createSocket('dgram')
  try {
    limitSending(socket, patienceMs)
    const packed = abstractAddress(address)
    call(`cannot connect to socket ${address}`, 'connect', socket.number, packed, packed.length)
    return socket
  } catch (error) {
    socket.close()
    throw error
  }
}

/** Waits for the next connection. */
export function acceptConnection(listener: number): Fd {
  return new Fd(call('cannot accept a connection', 'accept4', listener, null, null, SOCKET.SOCK_CLOEXEC))
}

function createSocket(type: SocketType): Fd {
  return new Fd(call('cannot create a socket', 'socket', SOCKET.AF_UNIX, TYPES[type] | SOCKET.SOCK_CLOEXEC, 0))
}

function limitSending(socket: Fd, milliseconds: number): void {
  const seconds = Math.floor(milliseconds / 1000)
  const time = timeval.pack({ tv_sec: BigInt(seconds), tv_usec: BigInt((milliseconds - seconds * 1000) * 1000) })
  const option = [SOCKET.SOL_SOCKET, SOCKET.SO_SNDTIMEO, time, time.length] as const
  call('cannot set up a socket', 'setsockopt', socket.number, ...option)
}

function addressAt(directory: number, name: string): Uint8Array {
  const path = Buffer.from(`/proc/self/fd/${directory}/${name}`)
  if (path.length >= SUN_PATH_SIZE || path.includes(0)) {
    throw new RuntimeError('SYSTEM_CALL_FAILED', `cannot name a socket "${name}": the name is too long`)
  }
  const address = allocate(SOCKADDR_UN_SIZE)
  viewOf(address).setUint16(0, SOCKET.AF_UNIX, true)
  address.set(path, 2)
  return address
}

/** The length counts: abstract names are not ended by NUL (unix(7)). */
function abstractAddress(name: string): Uint8Array {
  const bytes = Buffer.from(name)
  if (bytes.length > SUN_PATH_SIZE || bytes.includes(0)) {
    throw new RuntimeError('SYSTEM_CALL_FAILED', `cannot name a socket "${name}": the name is too long`)
  }
  const address = allocate(2 + bytes.length)
  viewOf(address).setUint16(0, SOCKET.AF_UNIX, true)
  address.set(bytes.subarray(1), 3)
  return address
}
