// SPDX-License-Identifier: Apache-2.0
import { NETLINK } from '../sys/constants.ts'
import type { NetlinkAttribute, NetlinkMessage, NetlinkReply } from '../sys/netlink-message.ts'
import { decodeAttributes, numberAttribute } from '../sys/netlink-message.ts'
import { structLayout, viewOf } from '../sys/struct-layout.ts'

export const ifaddrmsg = structLayout({
  ifa_family: 'u8',
  ifa_prefixlen: 'u8',
  ifa_flags: 'u8',
  ifa_scope: 'u8',
  ifa_index: 'u32',
})

/** What is the address's own, and not a fact of the moment such as a failed duplicate check. */
const LASTING_FLAGS =
  NETLINK.IFA_F_NODAD |
  NETLINK.IFA_F_HOMEADDRESS |
  NETLINK.IFA_F_MANAGETEMPADDR |
  NETLINK.IFA_F_NOPREFIXROUTE |
  NETLINK.IFA_F_MCAUTOJOIN
/** A label names an interface, and the interface is renamed; times do not matter to what is permanent. */
const KEPT_ATTRIBUTES: readonly number[] = [NETLINK.IFA_LOCAL, NETLINK.IFA_ADDRESS, NETLINK.IFA_BROADCAST]

/** An address of an interface, of any family, with what is needed to add it to another one. */
export interface Address {
  readonly index: number
  readonly family: number
  readonly prefix: number
  readonly scope: number
  /** IFA_F_* flags. */
  readonly flags: number
  readonly attributes: readonly NetlinkAttribute[]
}

export function askForAddresses(): NetlinkMessage {
  return { type: NETLINK.RTM_GETADDR, flags: 0, body: ifaddrmsg.pack({}), attributes: [] }
}

export function readAddress({ payload }: NetlinkReply): Address {
  const attributes = decodeAttributes(payload.subarray(ifaddrmsg.size))
  const wide = attributes.get(NETLINK.IFA_FLAGS)
  return {
    index: ifaddrmsg.get(payload, 'ifa_index'),
    family: ifaddrmsg.get(payload, 'ifa_family'),
    prefix: ifaddrmsg.get(payload, 'ifa_prefixlen'),
    scope: ifaddrmsg.get(payload, 'ifa_scope'),
    flags: wide === undefined ? ifaddrmsg.get(payload, 'ifa_flags') : viewOf(wide).getUint32(0, true),
    attributes: [...attributes].flatMap(([type, value]) => (KEPT_ATTRIBUTES.includes(type) ? [{ type, value }] : [])),
  }
}

/** Which addresses go with an interface: permanent ones of global scope (config-linux.md, Network Devices). */
export function isPreserved({ flags, scope }: Address): boolean {
  return (flags & NETLINK.IFA_F_PERMANENT) !== 0 && scope === NETLINK.RT_SCOPE_UNIVERSE
}

export function addAddress({ family, prefix, scope, flags, attributes }: Address, index: number): NetlinkMessage {
  const values = { ifa_family: family, ifa_prefixlen: prefix, ifa_scope: scope, ifa_index: index }
  return {
    type: NETLINK.RTM_NEWADDR,
    flags: NETLINK.NLM_F_CREATE | NETLINK.NLM_F_EXCL,
    body: ifaddrmsg.pack(values),
    attributes: [...attributes, numberAttribute(NETLINK.IFA_FLAGS, flags & LASTING_FLAGS)],
  }
}
