// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { namespaces, userNamespace } from '../../harness/base-config.ts'
import type { Bundle } from '../../harness/bundle.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { holdNamespaces } from '../../harness/held-namespaces.ts'
import type { JsonObject } from '../../harness/json.ts'
import { interfacesAt, ipAt, type NetworkStand, networkStand } from '../../harness/network-stand.ts'
import { until } from '../../harness/until.ts'

const it = casesOf('network')

/** Creates a container with these devices on the stand and gives the interfaces that it has. */
async function interfacesOf(c: Case, stand: NetworkStand, netDevices: JsonObject, linux: JsonObject = {}) {
  const bundle = c.bundle({ linux: { netDevices, ...linux } }).probe('wait')
  const call = await c.runtime(['create', '--bundle', bundle.path, c.id()], { wrapper: stand.wrapper })
  assert.equal(call.status, 0, String(call))
  return interfacesAt(`/proc/${await c.pid()}/ns/net`)
}

/** `create` on the stand must fail in terms of every pattern and leave the stand as it was. */
async function refusesOn(c: Case, stand: NetworkStand, bundle: Bundle, ...patterns: (string | RegExp)[]) {
  const before = stand.interfaces()
  const call = await c.runtime(['create', '--bundle', bundle.path, c.id()], { wrapper: stand.wrapper })
  assert.notEqual(call.status, 0, String(call))
  for (const pattern of patterns) assert.match(call.stderr, new RegExp(pattern))
  assert.deepEqual(stand.interfaces(), before)
  c.assertNothingLeft()
}

it('moves a device with its permanent global addresses and brings it up', async (c) => {
  const stand = await networkStand(c)
  stand.addPair('dev0', '10.7.0.2/24', '10.7.1.2 peer 10.7.1.1/32', 'fd00:7::2/64', '169.254.7.2/16 scope link')
  stand.ip('address', 'add', '10.7.2.2/24', 'valid_lft', '1000', 'preferred_lft', '1000', 'dev', 'dev0')
  stand.ip('link', 'set', 'dev0', 'mtu', '1400')
  const found = await interfacesOf(c, stand, { dev0: {} })
  const addresses = ['10.7.0.2/24', '10.7.1.2/32', 'fd00:7::2/64']
  assert.deepEqual(found, [{ name: 'dev0', up: true, mtu: 1400, addresses }])
  assert.deepEqual(
    stand.interfaces().map(({ name }) => name),
    ['dev0-p'],
  )
  const text = ipAt(`/proc/${await c.pid()}/ns/net`, 'address', 'show', 'dev', 'dev0')
  assert.match(text, /inet 10\.7\.1\.2 peer 10\.7\.1\.1\/32 /)
  assert.doesNotMatch(text, /169\.254\.7\.2/)
})

it('renames devices, also into names that others of them had', async (c) => {
  const stand = await networkStand(c)
  stand.addPair('dev0', '10.7.0.2/24')
  stand.addPair('dev1', '10.7.1.2/24')
  const found = await interfacesOf(c, stand, { dev0: { name: 'dev1' }, dev1: { name: 'dev0' } })
  assert.deepEqual(
    found.map(({ name, up, addresses }) => [name, up, addresses]),
    [
      ['dev0', true, ['10.7.1.2/24']],
      ['dev1', true, ['10.7.0.2/24']],
    ],
  )
})

it('numbers the devices of a template', async (c) => {
  const stand = await networkStand(c)
  stand.addPair('dev0')
  stand.addPair('dev1')
  const found = await interfacesOf(c, stand, { dev0: { name: 'eth%d' }, dev1: { name: 'eth%d' } })
  assert.deepEqual(
    found.map(({ name }) => name),
    ['eth0', 'eth1'],
  )
})

it('moves a device into a network namespace that is joined, where it stays', async (c) => {
  const stand = await networkStand(c)
  const held = await holdNamespaces(c, ['network'])
  stand.addPair('dev0', '10.7.0.2/24')
  const joined = namespaces('mount', 'pid', `network=${held.path('network')}`)
  const bundle = c.bundle({ hostname: undefined, linux: { netDevices: { dev0: { name: 'in0' } }, namespaces: joined } })
  bundle.probe('wait')
  const call = await c.runtime(['create', '--bundle', bundle.path, c.id()], { wrapper: stand.wrapper })
  assert.equal(call.status, 0, String(call))
  await c.succeed(['delete', '--force', c.id()])
  assert.deepEqual(interfacesAt(held.path('network')), [
    { name: 'in0', up: true, mtu: 1500, addresses: ['10.7.0.2/24'] },
  ])
})

it('moves a device into the network namespace of a user namespace', async (c) => {
  const stand = await networkStand(c)
  stand.addPair('dev0', '10.7.0.2/24')
  const found = await interfacesOf(c, stand, { dev0: {} }, userNamespace())
  assert.deepEqual(
    found.map(({ name, addresses }) => [name, addresses]),
    [['dev0', ['10.7.0.2/24']]],
  )
})

it('lets sysctls speak of a device that has moved', async (c) => {
  const stand = await networkStand(c)
  stand.addPair('dev0')
  const linux = { netDevices: { dev0: { name: 'in0' } }, sysctl: { 'net.ipv4.conf.in0.forwarding': '1' } }
  const bundle = c.bundle({ linux })
  const item = 'read:/proc/sys/net/ipv4/conf/in0/forwarding'
  const report = await c.report(bundle, [item], { wrapper: stand.wrapper })
  assert.equal(report[item]?.text, '1\n')
})

it('keeps no network namespace alive after the container is gone', async (c) => {
  const stand = await networkStand(c)
  stand.addPair('dev0')
  await c.report(c.bundle({ linux: { netDevices: { dev0: {} } } }), ['ids'], { wrapper: stand.wrapper })
  // The kernel destroys a virtual device with its namespace, some time later, and its peer goes with it.
  await until('the end of the network namespace', () => stand.interfaces().length === 0)
})

it('refuses a device that is not there', async (c) => {
  const stand = await networkStand(c)
  stand.addPair('dev0', '10.7.0.2/24')
  const bundle = c.bundle({ linux: { netDevices: { dev0: {}, dev7: {} } } })
  await refusesOn(c, stand, bundle, '/linux/netDevices/dev7', 'ENODEV')
})

it('refuses a name that is taken in the container', async (c) => {
  const stand = await networkStand(c)
  stand.addPair('dev0', '10.7.0.2/24')
  await refusesOn(
    c,
    stand,
    c.bundle({ linux: { netDevices: { dev0: { name: 'lo' } } } }),
    '/linux/netDevices/dev0',
    'lo',
  )
})

it('refuses one name for two devices', async (c) => {
  const stand = await networkStand(c)
  stand.addPair('dev0')
  stand.addPair('dev1')
  const netDevices = { dev0: { name: 'in0' }, dev1: { name: 'in0' } }
  await refusesOn(c, stand, c.bundle({ linux: { netDevices } }), '/linux/netDevices/dev1', 'in0')
})

it('brings a device back when a later one cannot move', async (c) => {
  const stand = await networkStand(c)
  stand.addPair('dev0', '10.7.0.2/24', 'fd00:7::2/64')
  stand.ip('link', 'set', 'dev0', 'up')
  stand.ip('link', 'add', 'fixed', 'type', 'bridge')
  const netDevices = { dev0: { name: 'in0' }, lo: { name: 'lo9' } }
  await refusesOn(c, stand, c.bundle({ linux: { netDevices } }), '/linux/netDevices/lo', 'EINVAL')
})

it('brings devices back when the container cannot be created', async (c) => {
  const stand = await networkStand(c)
  stand.addPair('dev0', '10.7.0.2/24', 'fd00:7::2/64')
  stand.addPair('dev1', '10.7.1.2/24')
  stand.ip('link', 'set', 'dev1', 'up')
  const netDevices = { dev0: { name: 'dev1' }, dev1: { name: 'dev0' } }
  const bundle = c.bundle({ process: { args: ['/nowhere'] }, linux: { netDevices } })
  await refusesOn(c, stand, bundle, 'no such file')
})

it("refuses to move devices into the runtime's own network namespace", async (c) => {
  const stand = await networkStand(c)
  stand.addPair('dev0', '10.7.0.2/24')
  const joined = namespaces('mount', 'pid', `network=${stand.path}`)
  const linux = { netDevices: { dev0: { name: 'in0' } }, namespaces: joined }
  await refusesOn(c, stand, c.bundle({ hostname: undefined, linux }), '/linux/netDevices')
})

it('refuses devices without a network namespace', async (c) => {
  const linux = { netDevices: { dev0: {} }, namespaces: namespaces('mount', 'pid') }
  await c.refuses(c.bundle({ hostname: undefined, linux }), '/linux/netDevices')
})
