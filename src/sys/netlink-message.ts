// SPDX-License-Identifier: Apache-2.0
import { allocate, structLayout, viewOf } from './struct-layout.ts'

export const nlmsghdr = structLayout({
  nlmsg_len: 'u32',
  nlmsg_type: 'u16',
  nlmsg_flags: 'u16',
  nlmsg_seq: 'u32',
  nlmsg_pid: 'u32',
})
export const nlattr = structLayout({ nla_len: 'u16', nla_type: 'u16' })

/** A netlink(7) message without its header's bookkeeping. */
export interface NetlinkMessage {
  readonly type: number
  /** NLM_F_* flags. */
  readonly flags: number
  /** The fixed part that goes with the type, such as a struct ifinfomsg. */
  readonly body: Uint8Array
  readonly attributes: readonly NetlinkAttribute[]
}

export interface NetlinkAttribute {
  readonly type: number
  readonly value: Uint8Array
}

/** A message as it arrived: what belongs to the body and what to attributes depends on its type. */
export interface NetlinkReply {
  readonly type: number
  readonly flags: number
  readonly sequence: number
  readonly payload: Uint8Array
}

export function numberAttribute(type: number, value: number): NetlinkAttribute {
  const bytes = allocate(4)
  viewOf(bytes).setUint32(0, value, true)
  return { type, value: bytes }
}

/** Text with its NUL, as names of interfaces are. */
export function textAttribute(type: number, text: string): NetlinkAttribute {
  return { type, value: Buffer.from(`${text}\0`) }
}

/** The bytes of one request: header, body, attributes, each padded to four bytes. */
export function encodeMessage({ type, flags, body, attributes }: NetlinkMessage, sequence: number): Uint8Array {
  const parts = [body, ...attributes.map(encodeAttribute)]
  const length = parts.reduce((sum, part) => sum + padded(part.length), nlmsghdr.size)
  const bytes = allocate(length)
  bytes.set(nlmsghdr.pack({ nlmsg_len: length, nlmsg_type: type, nlmsg_flags: flags, nlmsg_seq: sequence }))
  let at = nlmsghdr.size
  for (const part of parts) {
    bytes.set(part, at)
    at += padded(part.length)
  }
  return bytes
}

function encodeAttribute({ type, value }: NetlinkAttribute): Uint8Array {
  const bytes = allocate(nlattr.size + value.length)
  bytes.set(nlattr.pack({ nla_len: bytes.length, nla_type: type }))
  bytes.set(value, nlattr.size)
  return bytes
}

/** Every message of a datagram; what does not fit its own length is left out. */
export function decodeMessages(bytes: Uint8Array): NetlinkReply[] {
  const replies: NetlinkReply[] = []
  for (let at = 0; at + nlmsghdr.size <= bytes.length; ) {
    const header = bytes.subarray(at)
    const length = nlmsghdr.get(header, 'nlmsg_len')
    if (length < nlmsghdr.size || length > header.length) break
    replies.push({
      type: nlmsghdr.get(header, 'nlmsg_type'),
      flags: nlmsghdr.get(header, 'nlmsg_flags'),
      sequence: nlmsghdr.get(header, 'nlmsg_seq'),
      payload: header.subarray(nlmsghdr.size, length),
    })
    at += padded(length)
  }
  return replies
}

/** Attributes by their type, without the flags in its two highest bits. */
export function decodeAttributes(bytes: Uint8Array): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>()
  for (let at = 0; at + nlattr.size <= bytes.length; ) {
    const header = bytes.subarray(at)
    const length = nlattr.get(header, 'nla_len')
    if (length < nlattr.size || length > header.length) break
    found.set(nlattr.get(header, 'nla_type') & 0x3fff, header.subarray(nlattr.size, length))
    at += padded(length)
  }
  return found
}

/** NLMSG_ALIGN and NLA_ALIGN. */
function padded(length: number): number {
  return (length + 3) & ~3
}
