// SPDX-License-Identifier: Apache-2.0
import { isRuntimeError, RuntimeError } from '../errors/runtime-error.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedLinux } from '../spec/validated-spec.ts'
import type { Fd } from '../sys/fd.ts'
import { NetlinkSocket } from '../sys/netlink-socket.ts'
import {
  inNetworkNamespace,
  isSameNamespace,
  openNetworkNamespace,
  openOwnNetworkNamespace,
} from '../sys/network-namespace.ts'
import { type Address, addAddress, askForAddresses, isPreserved, readAddress } from './address-messages.ts'
import { chooseNames, type NamedDevice } from './device-names.ts'
import { askForLink, askForLinks, type Link, moveLink, raiseLink, readLink } from './link-messages.ts'

/** A device with what it was on the host, so that it can be again. */
interface HostDevice extends NamedDevice {
  readonly link: Link
  readonly addresses: readonly Address[]
}

/** One side of the move: a namespace, and a socket that speaks for it wherever this thread is. */
interface Side {
  readonly namespace: Fd
  readonly socket: NetlinkSocket
}

const HINTS: Readonly<Record<string, string>> = {
  EPERM: 'moving a device needs CAP_NET_ADMIN over both network namespaces',
  ENODEV: 'the device must exist in the network namespace of the runtime',
  EINVAL: 'the kernel keeps some devices, such as lo and bridges, where they are',
  EACCES: 'IPv6 may be disabled in the container (net.ipv6.conf.all.disable_ipv6)',
}

/**
 * Moves network devices into the container (config-linux.md, Network Devices). Everything that can be found wrong is
 * found before the first one moves. Holds both namespaces until `close` or `undo`: a namespace that dies with the
 * container would destroy virtual devices and send physical ones to the host's first namespace.
 */
export class NetDevices {
  readonly #host: Side
  readonly #container: Side
  readonly #moved: HostDevice[] = []
  #present: ReadonlySet<string> = new Set()

  /** `path` is the container's network namespace, such as /proc/PID/ns/net. */
  constructor(path: string) {
    this.#host = { namespace: openOwnNetworkNamespace(), socket: new NetlinkSocket() }
    const namespace = openNetworkNamespace(path)
    this.#container = { namespace, socket: inNetworkNamespace(namespace, () => new NetlinkSocket()) }
  }

  /** Throws NETWORK_DEVICE_FAILED with the pointer of the device; what has moved by then is for `undo` to take back. */
  move(devices: ValidatedLinux['netDevices']): void {
    this.#refuseOwnNamespace()
    this.#present = new Set(linksOf(this.#container).map(({ name }) => name))
    const addresses = addressesOf(this.#host)
    const found = chooseNames(devices, this.#present).map((device) => this.#lookUp(device, addresses))
    for (const device of found) about(device.source, () => this.#moveOne(device))
  }

  /** Brings every moved device back: its name, its addresses, and whether it was up. */
  undo(): void {
    try {
      for (const device of this.#moved.splice(0).reverse()) about(device.source, () => this.#bringBack(device))
    } finally {
      this.close()
    }
  }

  close(): void {
    for (const { namespace, socket } of [this.#host, this.#container]) {
      namespace.close()
      socket.close()
    }
  }

  #refuseOwnNamespace(): void {
    if (!isSameNamespace(this.#host.namespace, this.#container.namespace)) return
    throw new RuntimeError(
      'NETWORK_DEVICE_FAILED',
      "cannot move network devices: the container's network namespace is the runtime's own",
      { pointer: pointer('linux', 'netDevices') },
    )
  }

  #lookUp(device: NamedDevice, addresses: readonly Address[]): HostDevice {
    const link = about(device.source, () => linkNamed(this.#host, device.source))
    return { ...device, link, addresses: addresses.filter(({ index }) => index === link.index) }
  }

  #moveOne(device: HostDevice): void {
    const { source, target, link, addresses } = device
    // Before: a move that fails half-way has moved the device under its old name.
    this.#moved.push(device)
    const message = moveLink(link.index, this.#container.namespace.number, target)
    this.#host.socket.change(`cannot move the network device ${source} as ${target}`, message)
    settle(this.#container, target, addresses, true)
  }

  #bringBack({ source, target, link, addresses }: HostDevice): void {
    const name = [target, source].find((each) => !this.#present.has(each) && hasLink(this.#container, each))
    if (name === undefined) return
    const { index } = linkNamed(this.#container, name)
    const message = moveLink(index, this.#host.namespace.number, source)
    this.#container.socket.change(`cannot bring the network device ${source} back`, message)
    settle(this.#host, source, addresses, link.isUp)
  }
}

/** Gives a device that has just arrived its addresses. It comes down, and with another index where its own is taken. */
function settle(side: Side, name: string, addresses: readonly Address[], up: boolean): void {
  const { index } = linkNamed(side, name)
  for (const address of addresses) {
    side.socket.change(`cannot add an address to the network device ${name}`, addAddress(address, index))
  }
  if (up) side.socket.change(`cannot bring up the network device ${name}`, raiseLink(index))
}

function linksOf({ socket }: Side): Link[] {
  return socket.dump('cannot list the network devices', askForLinks()).map(readLink)
}

function addressesOf({ socket }: Side): Address[] {
  return socket.dump('cannot list the network addresses', askForAddresses()).map(readAddress).filter(isPreserved)
}

function linkNamed({ socket }: Side, name: string): Link {
  const reply = socket.ask(`cannot find the network device ${name}`, askForLink(name))
  if (reply === undefined) throw new RuntimeError('BUG', `the kernel says nothing about the network device ${name}`)
  return readLink(reply)
}

function hasLink(side: Side, name: string): boolean {
  return linksOf(side).some((link) => link.name === name)
}

/** Errors of the kernel become errors about the device in config.json. */
function about<T>(source: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (!isRuntimeError(error) || error.code === 'BUG') throw error
    const hint = HINTS[error.details.errno ?? '']
    throw new RuntimeError('NETWORK_DEVICE_FAILED', error.message, {
      ...error.details,
      pointer: pointer('linux', 'netDevices', source),
      ...(hint === undefined ? {} : { hint }),
      cause: error,
    })
  }
}
