// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import { SOCKET } from './constants.ts'
import { Fd } from './fd.ts'
import { addressOf } from './libc.ts'
import { allocate, structLayout, viewOf } from './struct-layout.ts'
import { call, callOrErrno, systemCallFailed } from './syscall.ts'

export const iovec = structLayout({ iov_base: 'pointer', iov_len: 'u64' })
export const msghdr = structLayout({
  msg_name: 'pointer',
  msg_namelen: 'u32',
  msg_iov: 'pointer',
  msg_iovlen: 'u64',
  msg_control: 'pointer',
  msg_controllen: 'u64',
  msg_flags: 'i32',
})
export const cmsghdr = structLayout({ cmsg_len: 'u64', cmsg_level: 'i32', cmsg_type: 'i32' })

const EAGAIN = 11
const ECONNRESET = 104

export interface SocketMessage {
  readonly bytes: Uint8Array
  /** Close-on-exec descriptors that came along; the receiver owns them. */
  readonly fds: readonly Fd[]
}

/** Sends one message, with descriptors if given; blocks while the peer's queue is full. A closed peer throws EPIPE. */
export function sendMessage(socket: number, bytes: Uint8Array, fds: readonly number[] = []): void {
  const message = layOut(bytes.length, fds.length)
  message.payload.set(bytes)
  if (fds.length > 0) writeRights(message.control, fds)
  const sent = call('cannot send a message', 'sendmsg', socket, message.header, SOCKET.MSG_NOSIGNAL)
  if (sent !== bytes.length) {
    throw new RuntimeError('SYSTEM_CALL_FAILED', `cannot send a message: ${sent} of ${bytes.length} bytes went out`)
  }
}

/**
 * Waits for one message of at most `maxBytes` with at most `maxFds` descriptors; undefined when the peer has closed
 * (an empty message cannot be told from that). A message that does not fit is an error, never a part of one.
 */
export function receiveMessage(socket: number, maxBytes = 65536, maxFds = 0): SocketMessage | undefined {
  const { header, control, payload } = layOut(maxBytes, maxFds)
  const length = callOrErrno('recvmsg', socket, header, SOCKET.MSG_CMSG_CLOEXEC)
  // The peer closed without having read all that it was sent.
  if (length === -ECONNRESET) return undefined
  if (length < 0) throw systemCallFailed('cannot receive a message', 'recvmsg', -length)
  const fds = readRights(control.subarray(0, Number(msghdr.get(header, 'msg_controllen'))))
  if (msghdr.get(header, 'msg_flags') & (SOCKET.MSG_TRUNC | SOCKET.MSG_CTRUNC)) {
    for (const fd of fds) fd.close()
    throw new RuntimeError('SYSTEM_CALL_FAILED', 'cannot receive a message: it is larger than expected')
  }
  return length === 0 && fds.length === 0 ? undefined : { bytes: payload.subarray(0, length), fds }
}

/**
 * One waiting datagram, without its descriptors, which the kernel drops; undefined when there is none or it is longer
 * than `maxBytes`. Does not block.
 */
export function receiveDatagram(socket: number, maxBytes: number): Uint8Array | undefined {
  const { header, payload } = layOut(maxBytes, 0)
  const length = callOrErrno('recvmsg', socket, header, SOCKET.MSG_DONTWAIT | SOCKET.MSG_CMSG_CLOEXEC)
  if (length === -EAGAIN) return undefined
  if (length < 0) throw systemCallFailed('cannot receive a datagram', 'recvmsg', -length)
  return msghdr.get(header, 'msg_flags') & SOCKET.MSG_TRUNC ? undefined : payload.subarray(0, length)
}

/** Header, vector, control part and payload in one piece of memory: what they point to lives as long as they do. */
function layOut(payloadSize: number, fdCount: number) {
  const controlAt = msghdr.size + iovec.size
  const controlSize = fdCount > 0 ? controlSpace(fdCount) : 0
  const payloadAt = controlAt + controlSize
  const memory = allocate(payloadAt + payloadSize)
  const address = addressOf(memory)
  memory.set(iovec.pack({ iov_base: address + BigInt(payloadAt), iov_len: BigInt(payloadSize) }), msghdr.size)
  memory.set(
    msghdr.pack({
      msg_iov: address + BigInt(msghdr.size),
      msg_iovlen: 1n,
      msg_control: controlSize > 0 ? address + BigInt(controlAt) : 0n,
      msg_controllen: BigInt(controlSize),
    }),
  )
  return {
    header: memory.subarray(0, msghdr.size),
    control: memory.subarray(controlAt, payloadAt),
    payload: memory.subarray(payloadAt),
  }
}

function writeRights(control: Uint8Array, fds: readonly number[]): void {
  const length = BigInt(cmsghdr.size + 4 * fds.length)
  control.set(cmsghdr.pack({ cmsg_len: length, cmsg_level: SOCKET.SOL_SOCKET, cmsg_type: SOCKET.SCM_RIGHTS }))
  const view = viewOf(control)
  fds.forEach((fd, index) => {
    view.setInt32(cmsghdr.size + 4 * index, fd, true)
  })
}

function readRights(control: Uint8Array): Fd[] {
  const fds: Fd[] = []
  const view = viewOf(control)
  for (let at = 0; at + cmsghdr.size <= control.length; ) {
    const message = control.subarray(at)
    const length = Number(cmsghdr.get(message, 'cmsg_len'))
    if (length < cmsghdr.size) break
    const isRights =
      cmsghdr.get(message, 'cmsg_level') === SOCKET.SOL_SOCKET &&
      cmsghdr.get(message, 'cmsg_type') === SOCKET.SCM_RIGHTS
    for (let i = at + cmsghdr.size; isRights && i + 4 <= at + length; i += 4) fds.push(new Fd(view.getInt32(i, true)))
    at += Math.ceil(length / 8) * 8
  }
  return fds
}

/** CMSG_SPACE(n * sizeof(int)). */
function controlSpace(count: number): number {
  return cmsghdr.size + Math.ceil((4 * count) / 8) * 8
}
