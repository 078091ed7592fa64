// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { chownSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { namespaces } from '../../harness/base-config.ts'
import type { Bundle } from '../../harness/bundle.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { holdNamespaces } from '../../harness/held-namespaces.ts'
import { deviceWith, mountImage, mountOnHost, mountTree } from '../../harness/host-mounts.ts'
import { append, type JsonObject } from '../../harness/json.ts'
import { mountAt } from '../../harness/probe.ts'
import { imageOf, kernel } from '../../harness/requires.ts'

const it = casesOf('mounts', { requires: [kernel(5, 12)] })

const shifted = [{ containerID: 0, hostID: 5000, size: 10 }]
const overflow = 65534

/** Ids in the filesystem → ids that the container sees. */
const mappings = (containerID: number, hostID: number, size = 1): JsonObject => ({
  uidMappings: [{ containerID, hostID, size }],
  gidMappings: [{ containerID, hostID, size }],
})

const userNamespace: JsonObject = {
  namespaces: namespaces('mount', 'pid', 'user', 'network', 'ipc', 'uts'),
  ...mappings(0, 100000, 65536),
}

/** A directory of the host that belongs to `owner`, with a file in it. */
function source(c: Case, owner = 0): string {
  const path = `${c.directory}/source`
  mkdirSync(path)
  return ownTree(path, owner)
}

function ownTree(path: string, owner: number): string {
  writeFileSync(`${path}/file`, '')
  chownSync(`${path}/file`, owner, owner)
  chownSync(path, owner, owner)
  return path
}

function bundleWith(c: Case, mount: JsonObject, linux: JsonObject = {}): Bundle {
  const patch = { mounts: append({ destination: '/m', type: 'bind', ...mount }), linux }
  return c.bundle(patch, { rootfs: (rootfs) => mkdirSync(`${rootfs}/m`) })
}

for (const option of ['idmap', 'ridmap']) {
  it(`maps the ids of a mount with mappings of its own with ${option}`, async (c) => {
    const options = [option === 'idmap' ? 'bind' : 'rbind', option]
    const mount = { source: mountTree(c), options, uidMappings: shifted, gidMappings: shifted }
    const report = await c.report(bundleWith(c, mount), [
      'stat:/m/file',
      ...(option === 'ridmap' ? ['stat:/m/sub/file'] : []),
    ])
    assert.equal(report['stat:/m/file']?.uid, 5000)
    assert.equal(report['stat:/m/file']?.gid, 5000)
    if (option === 'ridmap') assert.equal(report['stat:/m/sub/file']?.uid, 5000)
  })
}

it('maps the ids of a mount by the user namespace of the container with idmap', async (c) => {
  const bundle = bundleWith(c, { source: source(c), options: ['bind', 'idmap'] }, userNamespace)
  const report = await c.report(bundle, ['stat:/m/file', 'stat:/bin/probe'])
  assert.equal(report['stat:/bin/probe']?.uid, overflow)
  assert.equal(report['stat:/m/file']?.uid, 0)
})

it('maps only the top of a tree with idmap', async (c) => {
  const mount = { source: mountTree(c), options: ['rbind', 'idmap'], ...mappings(0, 5000) }
  const report = await c.report(bundleWith(c, mount), ['stat:/m/file', 'stat:/m/sub/file'])
  assert.equal(report['stat:/m/file']?.uid, 5000)
  assert.equal(report['stat:/m/sub/file']?.uid, 0)
})

it('maps the ids of a mount that has mappings but neither idmap nor ridmap', async (c) => {
  const report = await c.report(bundleWith(c, { source: source(c), options: ['bind'], ...mappings(0, 5000) }), [
    'stat:/m/file',
  ])
  assert.equal(report['stat:/m/file']?.uid, 5000)
})

it('gives what the container creates in an id-mapped mount to the mapped owner on the host', async (c) => {
  const path = source(c, 1234)
  const mount = { source: path, options: ['bind', 'idmap'], ...mappings(1234, 0) }
  const report = await c.report(bundleWith(c, mount), ['stat:/m/file', 'leave:/m/new', 'stat:/m/new'])
  assert.equal(report['stat:/m/file']?.uid, 0)
  assert.equal(report['leave:/m/new'], null)
  assert.equal(report['stat:/m/new']?.uid, 0)
  const { uid, gid } = statSync(`${path}/new`)
  assert.deepEqual([uid, gid], [1234, 1234])
})

it('gives what root of a user namespace creates in a mount mapped by it to root of the host', async (c) => {
  const path = source(c)
  const bundle = bundleWith(c, { source: path, options: ['rbind', 'ridmap'] }, userNamespace)
  const report = await c.report(bundle, ['leave:/m/new', 'stat:/m/new'])
  assert.equal(report['leave:/m/new'], null)
  assert.equal(report['stat:/m/new']?.uid, 0)
  assert.equal(statSync(`${path}/new`).uid, 0)
})

it('maps a mount of a container with a user namespace by mappings of the mount', async (c) => {
  const path = source(c, 7)
  const bundle = bundleWith(c, { source: path, options: ['bind', 'idmap'], ...mappings(7, 100000) }, userNamespace)
  const report = await c.report(bundle, ['stat:/m/file', 'leave:/m/new'])
  assert.equal(report['stat:/m/file']?.uid, 0)
  assert.equal(report['leave:/m/new'], null)
  assert.equal(statSync(`${path}/new`).uid, 7)
})

it('maps a mount by a user namespace that the container joins', async (c) => {
  const held = await holdNamespaces(c, ['user'], '0 200000 1000')
  const path = source(c)
  const linux = { namespaces: namespaces('mount', 'pid', 'uts', 'ipc', 'network', `user=${held.path('user')}`) }
  const bundle = bundleWith(c, { source: path, options: ['bind', 'idmap'] }, linux)
  const report = await c.report(bundle, ['stat:/m/file', 'leave:/m/new'])
  assert.equal(report['stat:/m/file']?.uid, 0)
  assert.equal(report['leave:/m/new'], null)
  assert.equal(statSync(`${path}/new`).uid, 0)
})

it('shows ids outside of the mapping of a mount as nobody and lets nobody create with them', async (c) => {
  const path = source(c, 42)
  const mount = { source: path, options: ['bind', 'idmap'], ...mappings(1234, 5000) }
  const report = await c.report(bundleWith(c, mount), ['stat:/m/file', 'leave:/m/new'])
  assert.equal(report['stat:/m/file']?.uid, overflow)
  assert.equal(report['leave:/m/new'], 'EOVERFLOW')
})

it('applies mappings of several mounts each to its own', async (c) => {
  const path = source(c)
  const more = (n: number) => ({
    destination: `/m${n}`,
    type: 'bind',
    source: path,
    options: ['bind', 'idmap', 'ro'],
    ...mappings(0, 1000 * n),
  })
  const bundle = c.bundle({ root: { readonly: false }, mounts: append(more(1), more(2), more(3)) })
  const report = await c.report(bundle, ['stat:/m1/file', 'stat:/m2/file', 'stat:/m3/file', 'create:/m3/new'])
  const owners = [1, 2, 3].map((n) => report[`stat:/m${n}/file`]?.uid)
  assert.deepEqual(owners, [1000, 2000, 3000])
  assert.equal(report['create:/m3/new'], 'EROFS')
})

it('maps the ids of a single file', async (c) => {
  const mount = { destination: '/m/f', source: `${source(c)}/file`, options: ['bind', 'idmap'], ...mappings(0, 5000) }
  const report = await c.report(bundleWith(c, mount), ['stat:/m/f'])
  assert.deepEqual([report['stat:/m/f']?.type, report['stat:/m/f']?.uid], ['file', 5000])
})

for (const type of ['ext4', 'xfs']) {
  it(
    `maps the ids of a mount on ${type}`,
    async (c) => {
      const path = ownTree(mountImage(c, type), 1234)
      const mount = { source: path, options: ['bind', 'idmap'], ...mappings(1234, 0) }
      const report = await c.report(bundleWith(c, mount), ['stat:/m/file', 'leave:/m/new'])
      assert.equal(report['stat:/m/file']?.uid, 0)
      assert.equal(report['leave:/m/new'], null)
      assert.equal(statSync(`${path}/new`).uid, 1234)
    },
    { requires: [imageOf(type)] },
  )
}

it(
  'maps the ids of a new tmpfs',
  async (c) => {
    const mount = { type: 'tmpfs', source: 'tmpfs', options: ['idmap', 'mode=1777'], ...mappings(0, 5000, 100) }
    const bundle = bundleWith(c, mount)
    bundle.change({ process: { user: { uid: 5003, gid: 5003 } } })
    const report = await c.report(bundle, ['stat:/m', 'leave:/m/new', 'stat:/m/new'])
    assert.deepEqual([report['stat:/m']?.uid, report['stat:/m']?.mode], [5000, 0o1777])
    assert.equal(report['leave:/m/new'], null)
    assert.equal(report['stat:/m/new']?.uid, 5003)
  },
  { requires: [kernel(6, 3)] },
)

it(
  'mounts a block device with mapped ids for a container with a user namespace',
  async (c) => {
    const mount = { type: 'ext4', source: deviceWith(c, 'ext4'), options: ['idmap', 'noexec'] }
    const report = await c.report(bundleWith(c, mount, userNamespace), [
      'stat:/m',
      'leave:/m/new',
      'stat:/m/new',
      'mounts',
    ])
    assert.equal(report['stat:/m']?.uid, 0)
    assert.equal(report['leave:/m/new'], null)
    assert.equal(report['stat:/m/new']?.uid, 0)
    assert.ok(mountAt(report, '/m')?.options.includes('noexec'))
  },
  { requires: [imageOf('ext4')] },
)

it('refuses idmap without mappings and without a user namespace', async (c) => {
  // The tree of mountTree would count as left over.
  await c.refuses(bundleWith(c, { source: 'rootfs/etc', options: ['bind', 'idmap'] }), /map/i)
})

it('names the filesystem that does not support id-mapped mounts', async (c) => {
  const bundle = bundleWith(c, { source: '/proc', options: ['bind', 'idmap'], ...mappings(0, 5000) })
  await c.refuses(bundle, /filesystem \\?"proc\\?" of \/proc does not support id-mapped mounts/)
})

it('names the one filesystem of a tree that does not support id-mapped mounts', async (c) => {
  const top = mountTree(c)
  const below = mountOnHost(c, `${top}/sub/deep`, 'ramfs', 'rw')
  const mount = { source: top, options: ['rbind', 'ridmap'], ...mappings(0, 5000) }
  const call = await c.runtime(['run', '--bundle', bundleWith(c, mount).path, c.id()])
  assert.notEqual(call.status, 0)
  assert.ok(/filesystem \\?"ramfs\\?" of (\S+) does not support/.exec(call.stderr)?.[1] === below, call.stderr)
})

it('names the type of a new filesystem that does not support id-mapped mounts', async (c) => {
  const mount = { type: 'ramfs', source: 'none', options: ['idmap'], ...mappings(0, 5000) }
  await c.refuses(bundleWith(c, mount), /filesystem \\?"ramfs\\?" .*does not support id-mapped mounts/)
})

it('refuses to map the ids of a mount that is there already', async (c) => {
  const mount = { destination: '/dev', type: 'tmpfs', options: ['remount', 'idmap'], ...mappings(0, 5000) }
  await c.refuses(bundleWith(c, mount), 'remount')
})

it('refuses to map the ids of a proc filesystem', async (c) => {
  const mount = { destination: '/proc', type: 'proc', options: ['idmap'], ...mappings(0, 5000) }
  await c.refuses(bundleWith(c, mount), 'cannot be mapped')
})
