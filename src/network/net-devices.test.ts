// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NetlinkMessage } from '../sys/netlink-message.ts'
import { decodeAttributes, decodeMessages, encodeMessage, numberAttribute } from '../sys/netlink-message.ts'
import { openNetworkNamespace } from '../sys/network-namespace.ts'
import { makeLinuxSpec, stepsOf } from '../tools/make-spec.ts'
import { addAddress, ifaddrmsg, isPreserved, readAddress } from './address-messages.ts'
import { chooseNames } from './device-names.ts'
import { ifinfomsg, moveLink, raiseLink, readLink } from './link-messages.ts'
import { planNetDevices } from './plan-net-devices.ts'

const PERMANENT = 0x80
const TENTATIVE = 0x40
const NO_PREFIX_ROUTE = 0x200

const names = (devices: Record<string, { name?: string }>, ...taken: string[]) =>
  chooseNames(devices, new Set(['lo', ...taken])).map(({ source, target }) => `${source}→${target}`)

test('a device keeps its name unless it is given another', () => {
  assert.deepEqual(names({ eth0: {}, eth1: { name: '' }, eth2: { name: 'lan' } }), [
    'eth0→eth0',
    'eth1→eth1',
    'eth2→lan',
  ])
})

test('a template takes the lowest numbers that are free', () => {
  const devices = { a: { name: 'eth%d' }, b: { name: 'eth%d' }, c: { name: 'eth%dx' } }
  assert.deepEqual(names(devices, 'eth0', 'eth2'), ['a→eth1', 'b→eth3', 'c→eth0x'])
})

test('a name that is taken, twice asked for or too long is refused with the device', () => {
  const refusal = (pointer: string) => ({ code: 'NETWORK_DEVICE_FAILED', details: { pointer } })
  assert.throws(() => names({ eth0: {} }, 'eth0'), refusal('/linux/netDevices/eth0'))
  assert.throws(() => names({ a: { name: 'x' }, b: { name: 'x' } }), refusal('/linux/netDevices/b'))
  const taken = Array.from({ length: 10 }, (_, i) => `fourteen-long${i}`)
  assert.equal(names({ a: { name: 'fourteen-long%d' } }, ...taken.slice(1)).length, 1)
  assert.throws(() => names({ a: { name: 'fourteen-long.%d' } }, ...taken.map((name) => name.replace('g', 'g.'))), {
    code: 'NETWORK_DEVICE_FAILED',
  })
})

/** As it would arrive from the kernel. */
function reply(message: NetlinkMessage) {
  const [first] = decodeMessages(encodeMessage(message, 1))
  assert.ok(first)
  return first
}

test('a link is read with its name, index and whether it is up', () => {
  const attributes = [{ type: 3, value: Buffer.from('eth0\0') }]
  const link = (ifi_flags: number) =>
    readLink(reply({ type: 16, flags: 0, body: ifinfomsg.pack({ ifi_index: 7, ifi_flags }), attributes }))
  assert.deepEqual(link(0x1003), { name: 'eth0', index: 7, isUp: true })
  assert.equal(link(0x1002).isUp, false)
})

test('a move names the namespace by descriptor and the new name in one message', () => {
  const { payload, type } = reply(moveLink(7, 33, 'net0'))
  const attributes = decodeAttributes(payload.subarray(ifinfomsg.size))
  assert.equal(type, 16)
  assert.equal(ifinfomsg.get(payload, 'ifi_index'), 7)
  assert.deepEqual([...(attributes.get(28) ?? [])], [33, 0, 0, 0])
  assert.equal(Buffer.from(attributes.get(3) ?? []).toString(), 'net0\0')
})

test('bringing up changes the one flag', () => {
  const { payload } = reply(raiseLink(7))
  assert.deepEqual([ifinfomsg.get(payload, 'ifi_flags'), ifinfomsg.get(payload, 'ifi_change')], [1, 1])
})

function address(flags: number, ifa_scope: number) {
  const body = ifaddrmsg.pack({ ifa_family: 2, ifa_prefixlen: 24, ifa_flags: flags & 0xff, ifa_scope, ifa_index: 7 })
  const attributes = [
    { type: 1, value: Uint8Array.of(10, 0, 0, 1) },
    { type: 2, value: Uint8Array.of(10, 0, 0, 2) },
    { type: 3, value: Buffer.from('eth0:1\0') },
    numberAttribute(8, flags),
  ]
  return readAddress(reply({ type: 20, flags: 0, body, attributes }))
}

test('only permanent addresses of global scope are preserved', () => {
  assert.equal(isPreserved(address(PERMANENT, 0)), true)
  assert.equal(isPreserved(address(PERMANENT, 253)), false)
  assert.equal(isPreserved(address(PERMANENT, 254)), false)
  assert.equal(isPreserved(address(0, 0)), false)
})

test('an address is added with its peer and lasting flags, without its label', () => {
  const { payload, flags } = reply(addAddress(address(PERMANENT | TENTATIVE | NO_PREFIX_ROUTE, 0), 9))
  const attributes = decodeAttributes(payload.subarray(ifaddrmsg.size))
  assert.equal(flags, 0x600)
  assert.equal(ifaddrmsg.get(payload, 'ifa_index'), 9)
  assert.equal(ifaddrmsg.get(payload, 'ifa_prefixlen'), 24)
  assert.deepEqual([...attributes.keys()].sort(), [1, 2, 8])
  assert.deepEqual([...(attributes.get(1) ?? [])], [10, 0, 0, 1])
  assert.deepEqual([...(attributes.get(8) ?? [])], [0, 2, 0, 0])
})

test('the runtime is waited for exactly where there are devices', () => {
  const steps = (netDevices: object) =>
    stepsOf((plan) => planNetDevices(makeLinuxSpec({ namespaces: [{ type: 'network' }], ...netDevices }), plan))
  assert.deepEqual(steps({}), [])
  assert.deepEqual(steps({ netDevices: { eth0: {} } }), [['attend', { op: 'sync', point: 10 }]])
})

test('a network namespace that is gone is an error like any other', () => {
  assert.throws(() => openNetworkNamespace('/proc/0/ns/net'), { code: 'SYSTEM_CALL_FAILED', message: /ENOENT/ })
})
