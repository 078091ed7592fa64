// SPDX-License-Identifier: Apache-2.0
import { NETLINK } from '../sys/constants.ts'
import type { NetlinkMessage, NetlinkReply } from '../sys/netlink-message.ts'
import { decodeAttributes, numberAttribute, textAttribute } from '../sys/netlink-message.ts'
import { structLayout } from '../sys/struct-layout.ts'

export const ifinfomsg = structLayout({
  ifi_family: 'u8',
  ifi_type: 'u16',
  ifi_index: 'i32',
  ifi_flags: 'u32',
  ifi_change: 'u32',
})

/** A network interface as one namespace shows it. */
export interface Link {
  readonly name: string
  readonly index: number
  readonly isUp: boolean
}

/** The question for one interface; ENODEV answers that there is none. */
export function askForLink(name: string): NetlinkMessage {
  return linkMessage(NETLINK.RTM_GETLINK, {}, [textAttribute(NETLINK.IFLA_IFNAME, name)])
}

export function askForLinks(): NetlinkMessage {
  return linkMessage(NETLINK.RTM_GETLINK, {}, [])
}

/** Moves an interface and names it in one request: the kernel uses the new name where the old one is taken already. */
export function moveLink(index: number, namespace: number, name: string): NetlinkMessage {
  const attributes = [numberAttribute(NETLINK.IFLA_NET_NS_FD, namespace), textAttribute(NETLINK.IFLA_IFNAME, name)]
  return linkMessage(NETLINK.RTM_NEWLINK, { ifi_index: index }, attributes)
}

export function raiseLink(index: number): NetlinkMessage {
  const up = { ifi_index: index, ifi_flags: NETLINK.IFF_UP, ifi_change: NETLINK.IFF_UP }
  return linkMessage(NETLINK.RTM_NEWLINK, up, [])
}

export function readLink({ payload }: NetlinkReply): Link {
  const name = decodeAttributes(payload.subarray(ifinfomsg.size)).get(NETLINK.IFLA_IFNAME) ?? new Uint8Array()
  return {
    name: Buffer.from(name).toString('utf8').replace(/\0.*$/s, ''),
    index: ifinfomsg.get(payload, 'ifi_index'),
    isUp: (ifinfomsg.get(payload, 'ifi_flags') & NETLINK.IFF_UP) !== 0,
  }
}

function linkMessage(
  type: number,
  values: Parameters<typeof ifinfomsg.pack>[0],
  attributes: NetlinkMessage['attributes'],
): NetlinkMessage {
  return { type, flags: 0, body: ifinfomsg.pack(values), attributes }
}
