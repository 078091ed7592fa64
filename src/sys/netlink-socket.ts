// SPDX-License-Identifier: Apache-2.0
import { errnoName } from '../errors/errno-names.ts'
import { errnoText } from '../errors/errno-text.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import { NETLINK, SOCKET } from './constants.ts'
import { Fd } from './fd.ts'
import type { NetlinkMessage, NetlinkReply } from './netlink-message.ts'
import { decodeAttributes, decodeMessages, encodeMessage, nlmsghdr } from './netlink-message.ts'
import { receiveMessage, sendMessage } from './socket-message.ts'
import { allocate, viewOf } from './struct-layout.ts'
import { call } from './syscall.ts'

/** Answers of the kernel are at most 32 KiB (NLMSG_GOODSIZE and what dumps use). */
const LARGEST_ANSWER = 65536

/** A conversation about links and addresses (rtnetlink(7)) of the network namespace it was opened in. */
export class NetlinkSocket {
  readonly #socket: Fd
  #sequence = 0

  constructor() {
    const type = SOCKET.SOCK_RAW | SOCKET.SOCK_CLOEXEC
    this.#socket = new Fd(
      call('cannot open a netlink socket', 'socket', NETLINK.AF_NETLINK, type, NETLINK.NETLINK_ROUTE),
    )
    // Linux 4.12: refusals come with a sentence of the kernel's. Without it they are only less clear.
    const on = allocate(4)
    viewOf(on).setInt32(0, 1, true)
    const option = [NETLINK.SOL_NETLINK, NETLINK.NETLINK_EXT_ACK, on, on.length] as const
    call('cannot set up a netlink socket', 'setsockopt', this.#socket.number, ...option)
  }

  /** Has the kernel do something. `action` begins the message of the error, whose errno is the kernel's. */
  change(action: string, message: NetlinkMessage): void {
    this.#converse(action, { ...message, flags: message.flags | NETLINK.NLM_F_ACK }, ({ type }) => type === ERROR)
  }

  /** The one answer to a question about one thing. */
  ask(action: string, message: NetlinkMessage): NetlinkReply | undefined {
    return this.#converse(action, message, () => true)[0]
  }

  /** Everything of a kind. */
  dump(action: string, message: NetlinkMessage): NetlinkReply[] {
    const request = { ...message, flags: message.flags | NETLINK.NLM_F_DUMP }
    return this.#converse(action, request, ({ type }) => type === NETLINK.NLMSG_DONE)
  }

  close(): void {
    this.#socket.close()
  }

  #converse(action: string, message: NetlinkMessage, isLast: (reply: NetlinkReply) => boolean): NetlinkReply[] {
    const sequence = ++this.#sequence
    const request = { ...message, flags: message.flags | NETLINK.NLM_F_REQUEST }
    sendMessage(this.#socket.number, encodeMessage(request, sequence))
    const replies: NetlinkReply[] = []
    for (;;) {
      const datagram = receiveMessage(this.#socket.number, LARGEST_ANSWER)
      if (datagram === undefined) throw new RuntimeError('SYSTEM_CALL_FAILED', `${action}: the kernel fell silent`)
      for (const reply of decodeMessages(datagram.bytes)) {
        // An answer to an earlier question that ended with an error.
        if (reply.sequence !== sequence) continue
        if (reply.type === ERROR) refuse(action, reply)
        if (isLast(reply)) return reply.type === NETLINK.NLMSG_DONE ? replies : [...replies, reply]
        replies.push(reply)
      }
    }
  }
}

const ERROR = NETLINK.NLMSG_ERROR

/** An error message with the number 0 is an acknowledgement. */
function refuse(action: string, { payload, flags }: NetlinkReply): void {
  const number = -viewOf(payload).getInt32(0, true)
  if (number === 0) return
  const errno = errnoName(number)
  const said = kernelSentence(payload, flags)
  throw new RuntimeError(
    'SYSTEM_CALL_FAILED',
    `${action}: rtnetlink(7) ${errno} (${errnoText(errno)})${said === '' ? '' : `, ${said}`}`,
    { syscall: 'rtnetlink', errno },
  )
}

/** After the number come the request's header and, unless the kernel cut it off, its body. */
function kernelSentence(payload: Uint8Array, flags: number): string {
  if (!(flags & NETLINK.NLM_F_ACK_TLVS)) return ''
  const request = payload.subarray(4)
  const length = flags & NETLINK.NLM_F_CAPPED ? nlmsghdr.size : nlmsghdr.get(request, 'nlmsg_len')
  const text = decodeAttributes(request.subarray((length + 3) & ~3)).get(NETLINK.NLMSGERR_ATTR_MSG)
  return text === undefined ? '' : Buffer.from(text).toString('utf8').replace(/\0.*$/s, '')
}
