// SPDX-License-Identifier: Apache-2.0
// A network namespace in the place of the host's: what a case does to interfaces never reaches the machine.
import { execFileSync } from 'node:child_process'
import type { Case } from './conformance-case.ts'
import { type HeldNamespaces, holdNamespaces } from './held-namespaces.ts'

export interface Interface {
  name: string
  up: boolean
  mtu: number
  /** `10.0.0.2/24`, those of global scope, sorted. */
  addresses: string[]
}

interface IpAddressLine {
  ifname: string
  flags: string[]
  mtu: number
  addr_info: { local: string; prefixlen: number; scope: string }[]
}

export class NetworkStand {
  readonly path: string

  constructor(held: HeldNamespaces) {
    this.path = held.path('network')
  }

  /** Goes before the runtime's command line. */
  get wrapper(): string[] {
    return ['nsenter', `--net=${this.path}`]
  }

  ip(...args: string[]): string {
    return ipAt(this.path, ...args)
  }

  /** A pair of which `name` is the interesting end; it gets these addresses. */
  addPair(name: string, ...addresses: string[]): void {
    this.ip('link', 'add', name, 'type', 'veth', 'peer', 'name', `${name}-p`)
    for (const address of addresses) this.ip('address', 'add', ...address.split(' '), 'dev', name)
  }

  interfaces(): Interface[] {
    return interfacesAt(this.path)
  }
}

export async function networkStand(c: Case): Promise<NetworkStand> {
  return new NetworkStand(await holdNamespaces(c, ['network']))
}

/** All interfaces but lo of the namespace at a path, by name. */
export function interfacesAt(path: string): Interface[] {
  const lines = JSON.parse(ipAt(path, '-j', 'address', 'show')) as IpAddressLine[]
  const found = lines.map(({ ifname, flags, mtu, addr_info }) => ({
    name: ifname,
    up: flags.includes('UP'),
    mtu,
    addresses: addr_info
      .filter(({ scope }) => scope === 'global')
      .map(({ local, prefixlen }) => `${local}/${prefixlen}`)
      .sort(),
  }))
  return found.filter(({ name }) => name !== 'lo').sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What ip(8) says in the namespace at a path. */
export function ipAt(path: string, ...args: string[]): string {
  return execFileSync('nsenter', [`--net=${path}`, 'ip', ...args], { encoding: 'utf8' })
}
