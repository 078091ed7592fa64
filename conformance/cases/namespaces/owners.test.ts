// SPDX-License-Identifier: Apache-2.0
// Which user namespace owns each namespace of a container: it decides what the container's root may do there.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { namespaces } from '../../harness/base-config.ts'
import type { Bundle } from '../../harness/bundle.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import {
  holdNamespaces,
  type NamespaceType,
  namespaceFiles,
  namespaceInode,
  namespaceTypes,
} from '../../harness/held-namespaces.ts'
import { probeFile } from '../../harness/places.ts'

const it = casesOf('namespaces')

const idMappings = {
  uidMappings: [{ containerID: 0, hostID: 100000, size: 65536 }],
  gidMappings: [{ containerID: 0, hostID: 100000, size: 65536 }],
}
const owned = namespaceTypes.filter((type) => type !== 'user')
/** Those that every runtime can make. */
const ordinary = owned.filter((type) => type !== 'time')

/** A user namespace cannot mount a procfs of a pid namespace of the host: the host's own is bound. */
function bundleWith(c: Case, linux: object): Bundle {
  const mounts = [
    { destination: '/proc', type: 'bind', source: '/proc', options: ['rbind'] },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['mode=755'] },
  ]
  const plain = { maskedPaths: [], readonlyPaths: [], resources: undefined }
  return c.bundle({ hostname: undefined, mounts, linux: { ...plain, ...linux } }).probe('wait')
}

function ownerOf(pid: number, type: NamespaceType): number {
  return Number(execFileSync(probeFile, ['owner', `/proc/${pid}/ns/${namespaceFiles[type]}`], { encoding: 'utf8' }))
}

/** Starts the container and compares the owner of every namespace of these types. */
async function assertOwners(c: Case, bundle: Bundle, owners: Partial<Record<NamespaceType, number>>): Promise<number> {
  await c.create(bundle)
  const pid = await c.pid()
  const found = Object.fromEntries(Object.keys(owners).map((type) => [type, ownerOf(pid, type as NamespaceType)]))
  assert.deepEqual(found, owners)
  return pid
}

function all(types: NamespaceType[], owner: number): Partial<Record<NamespaceType, number>> {
  return Object.fromEntries(types.map((type) => [type, owner]))
}

for (const [words, types] of [
  ['every new namespace', ordinary],
  ['a new time namespace', ['time', 'mount']],
] as const) {
  it(`gives ${words} to the new user namespace`, async (c) => {
    await c.create(bundleWith(c, { namespaces: namespaces('user', ...types), ...idMappings }))
    const pid = await c.pid()
    const user = namespaceInode('user', pid)
    assert.notEqual(user, namespaceInode('user'))
    for (const type of types) assert.equal(ownerOf(pid, type), user, type)
  })
}

it('gives every new namespace to the joined user namespace', async (c) => {
  const held = await holdNamespaces(c, ['user'])
  const linux = { namespaces: namespaces(`user=${held.path('user')}`, ...ordinary), ...idMappings }
  const pid = await assertOwners(c, bundleWith(c, linux), all(ordinary, namespaceInode('user', held.pid)))
  assert.equal(namespaceInode('user', pid), namespaceInode('user', held.pid))
})

it('gives every new namespace to the user namespace of the host without another', async (c) => {
  await assertOwners(c, bundleWith(c, { namespaces: namespaces(...ordinary) }), all(ordinary, namespaceInode('user')))
})

for (const type of owned) {
  const others = ordinary.filter((other) => other !== type)

  if (type !== 'mount') {
    it(`leaves a joined ${type} namespace to the host beside a new user namespace`, async (c) => {
      const held = await holdNamespaces(c, [type])
      const linux = { namespaces: namespaces('user', `${type}=${held.path(type)}`, ...others), ...idMappings }
      await c.create(bundleWith(c, linux))
      const pid = await c.pid()
      assert.equal(namespaceInode(type, pid), namespaceInode(type, held.pid))
      assert.equal(ownerOf(pid, type), namespaceInode('user'))
      for (const other of others) assert.equal(ownerOf(pid, other), namespaceInode('user', pid), other)
    })

    it(`leaves a joined ${type} namespace to the host beside a joined user namespace`, async (c) => {
      const [user, held] = [await holdNamespaces(c, ['user']), await holdNamespaces(c, [type])]
      const entries = namespaces(`user=${user.path('user')}`, `${type}=${held.path(type)}`, ...others)
      const owner = namespaceInode('user', user.pid)
      const owners = { ...all(others, owner), [type]: namespaceInode('user') }
      const pid = await assertOwners(c, bundleWith(c, { namespaces: entries, ...idMappings }), owners)
      assert.equal(namespaceInode(type, pid), namespaceInode(type, held.pid))
    })

    it(`stays in the ${type} namespace of the host beside a new user namespace`, async (c) => {
      await c.create(bundleWith(c, { namespaces: namespaces('user', ...others), ...idMappings }))
      const pid = await c.pid()
      assert.equal(namespaceInode(type, pid), namespaceInode(type))
      for (const other of others) assert.equal(ownerOf(pid, other), namespaceInode('user', pid), other)
    })
  }

  it(`joins a ${type} namespace that the joined user namespace owns`, async (c) => {
    const held = await holdNamespaces(c, ['user', type])
    const entries = namespaces(`user=${held.path('user')}`, `${type}=${held.path(type)}`, ...others)
    const owner = namespaceInode('user', held.pid)
    const pid = await assertOwners(
      c,
      bundleWith(c, { namespaces: entries, ...idMappings }),
      all([type, ...others], owner),
    )
    assert.equal(namespaceInode(type, pid), namespaceInode(type, held.pid))
  })
}

it('refuses a mount namespace of the host for a user namespace that could mount nothing there', async (c) => {
  const held = await holdNamespaces(c, ['mount'])
  const linux = { namespaces: namespaces('user', 'pid', `mount=${held.path('mount')}`), ...idMappings }
  await c.refuses(bundleWith(c, linux), /operation not permitted/)
})
