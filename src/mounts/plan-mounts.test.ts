// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Mount } from '@opencontainers/runtime-spec-types'
import { makeSpec, originsOf, stepsOf } from '../tools/make-spec.ts'
import { readMounts } from './mount-request.ts'
import { planMounts, planReadonlyMounts } from './plan-mounts.ts'

const context = {
  bundlePath: '/bundle',
  opensSources: false,
  mountsOwnCgroups: false,
  cgroups: { mode: 'v2', hierarchies: [] },
} as const

const plan = (mounts: Mount[], changes = {}) =>
  stepsOf((p) => planMounts(readMounts(makeSpec({ mounts })), { ...context, ...changes }, p))
const later = (mounts: Mount[]) => stepsOf((p) => planReadonlyMounts(readMounts(makeSpec({ mounts })), p))

test('a filesystem gets its attributes, its superblock flags and its own options', () => {
  const options = ['noexec', 'ro', 'sync', 'noatime', 'user_xattr']
  assert.deepEqual(plan([{ destination: '/data', type: 'ext4', source: '/dev/sda1', options }]), [
    [
      'setup',
      {
        op: 'mount_fs',
        target: '/data',
        fstype: 'ext4',
        source: '/dev/sda1',
        superblockFlags: 0x11n,
        attributesSet: 0x19n,
        options: ['user_xattr'],
        realDirectory: false,
        copyUp: false,
        keepMode: false,
      },
    ],
  ])
})

test('a read-only virtual filesystem leaves the superblock to its other mounts', () => {
  const [[, op] = []] = plan([{ destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['ro'] }])
  assert.equal(op?.op === 'mount_fs' && op.superblockFlags, 0n)
  assert.equal(op?.op === 'mount_fs' && op.attributesSet, 1n)
  assert.equal(op?.op === 'mount_fs' && op.realDirectory, true)
})

const ranges = (hostID: number) => [{ containerID: 0, hostID, size: 10 }]
const mapped = (hostID: number) => ({ uidMappings: ranges(hostID), gidMappings: ranges(hostID + 1) })
const bind = (destination: string, option: string) => ({ destination, source: '/src', options: ['rbind', option] })

test('an id-mapped bind is opened and mapped on the host, equal mappings by one user namespace', () => {
  const steps = plan([
    { ...bind('/a', 'idmap'), ...mapped(100) },
    { ...bind('/b', 'ridmap'), ...mapped(100) },
    { ...bind('/c', 'bind'), ...mapped(200) },
  ])
  assert.deepEqual(
    steps.filter(([phase]) => phase === 'keeper').map(([, op]) => op),
    [
      { op: 'open_tree', slot: '/src', source: '/src', recursive: true },
      { op: 'open_id_map', slot: 'id mapping', uidMap: '0 100 10\n', gidMap: '0 101 10\n' },
      { op: 'map_tree', slot: '/src', source: '/src', idMap: 'id mapping', recursive: false },
      { op: 'open_tree', slot: '/src#2', source: '/src', recursive: true },
      { op: 'map_tree', slot: '/src#2', source: '/src', idMap: 'id mapping', recursive: true },
      { op: 'open_tree', slot: '/src#3', source: '/src', recursive: true },
      { op: 'open_id_map', slot: 'id mapping#2', uidMap: '0 200 10\n', gidMap: '0 201 10\n' },
      { op: 'map_tree', slot: '/src#3', source: '/src', idMap: 'id mapping#2', recursive: false },
    ],
  )
  assert.deepEqual(
    steps.filter(([phase]) => phase === 'setup').map(([, op]) => op.op === 'mount_bind' && op.slot),
    ['/src', '/src#2', '/src#3'],
  )
})

test('without mappings of its own a mount is mapped by the user namespace of the container', () => {
  const mounts = [bind('/a', 'idmap')]
  const keeper = (user: { path?: string }, linux = {}) =>
    stepsOf((p) => {
      const spec = makeSpec({ mounts, linux: { namespaces: [{ type: 'mount' }, { type: 'user', ...user }], ...linux } })
      planMounts(readMounts(spec), { ...context, opensSources: true }, p)
    }).map(([, op]) => op)
  const own = { uidMappings: ranges(100), gidMappings: ranges(100) }
  assert.deepEqual(keeper({}, own)[1], {
    op: 'open_id_map',
    slot: 'id mapping',
    uidMap: '0 100 10\n',
    gidMap: '0 100 10\n',
  })
  assert.deepEqual(keeper({ path: '/run/ns' })[1], {
    op: 'open_namespace',
    slot: 'id mapping',
    path: '/run/ns',
    type: 0x10000000,
  })
})

test('an id-mapped filesystem is made on the host and attached in the container', () => {
  const options = ['idmap', 'noexec', 'ro', 'size=1m']
  assert.deepEqual(plan([{ destination: '/t', type: 'tmpfs', source: 'none', options, ...mapped(100) }]).slice(1), [
    [
      'keeper',
      {
        op: 'open_mapped_filesystem',
        slot: 'tmpfs for /t',
        idMap: 'id mapping',
        fstype: 'tmpfs',
        source: 'none',
        superblockFlags: 0n,
        attributesSet: 8n,
        options: ['size=1m'],
      },
    ],
    ['setup', { op: 'attach_filesystem', target: '/t', slot: 'tmpfs for /t', fstype: 'tmpfs' }],
  ])
})

test('only proc and sysfs insist on a real directory (CVE-2019-19921)', () => {
  const kinds = ['proc', 'sysfs', 'mqueue', 'devpts'].map((type) => {
    const [[, op] = []] = plan([{ destination: type === 'proc' ? '/proc' : '/x', type, source: type }])
    return op?.op === 'mount_fs' && op.realDirectory
  })
  assert.deepEqual(kinds, [true, true, false, false])
})

test('a tmpfs keeps the mode of the directory below it unless an option gives one', () => {
  const keeps = (options: string[]) => {
    const [[, op] = []] = plan([{ destination: '/t', type: 'tmpfs', source: 'tmpfs', options }])
    return op?.op === 'mount_fs' && op.keepMode
  }
  assert.equal(keeps(['size=1m']), true)
  assert.equal(keeps(['mode=1777']), false)
})

test('a tmpfs and /dev become read-only after everything is in them', () => {
  const mounts = [
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['ro', 'nosuid'] },
    { destination: '/run', type: 'tmpfs', source: 'tmpfs', options: ['rro'] },
    { destination: '/mnt', type: 'ramfs', source: 'ramfs', options: ['ro'] },
  ]
  const attributes = plan(mounts).map(([, op]) => op.op === 'mount_fs' && op.attributesSet)
  assert.deepEqual(attributes, [2n, 0n, 1n])
  const targets = later(mounts).map(([phase, op]) => [phase, op.op === 'set_mount_attributes' && [op.target, op.set]])
  assert.deepEqual(targets, [
    ['inside', ['/dev', 1n]],
    ['inside', ['/run', 1n]],
  ])
})

test('a tmpfs that a later mount covers is read-only at once, because nobody finds it later', () => {
  const tmpfs = { destination: '/a/b', type: 'tmpfs', source: 'tmpfs', options: ['ro'] }
  const mounts = [tmpfs, { destination: '/a', type: 'ramfs', source: 'ramfs' }]
  const [[, op] = []] = plan(mounts)
  assert.equal(op?.op === 'mount_fs' && op.attributesSet, 1n)
  assert.deepEqual(later(mounts), [])
})

test('a bind keeps what no option names and takes a relative source from the bundle', () => {
  const options = ['rbind', 'ro', 'exec', 'rnodev', 'relatime', 'rslave', 'shared']
  assert.deepEqual(plan([{ destination: 'etc/data', source: 'data', options }]), [
    [
      'setup',
      {
        op: 'mount_bind',
        target: '/etc/data',
        source: '/bundle/data',
        slot: '',
        recursive: true,
        attributesSet: 1n,
        attributesClear: 0x78n,
        recursiveSet: 4n,
        recursiveClear: 0n,
        requireFsMagic: 0n,
      },
    ],
    ['setup', { op: 'set_mount_propagation', target: '/etc/data', propagation: 0x84000n }],
    ['setup', { op: 'set_mount_propagation', target: '/etc/data', propagation: 0x100000n }],
  ])
})

test('with a user namespace the keeper opens the source on the host', () => {
  const mounts = [{ destination: '/data', source: '/srv', options: ['bind'] }]
  const [open, bind] = plan(mounts, { opensSources: true })
  assert.deepEqual(open, ['keeper', { op: 'open_tree', slot: '/srv', source: '/srv', recursive: false }])
  assert.equal(bind?.[1].op === 'mount_bind' && bind[1].slot, '/srv')
  assert.deepEqual(
    originsOf((p) => planMounts(readMounts(makeSpec({ mounts })), { ...context, opensSources: true }, p)),
    ['/mounts/0', '/mounts/0'],
  )
})

test('only a procfs may be bound over /proc (CVE-2019-16884)', () => {
  const [[, op] = []] = plan([{ destination: '/proc/', source: '/proc', options: ['rbind'] }])
  assert.equal(op?.op === 'mount_bind' && op.requireFsMagic, 0x9fa0n)
})

test('a remount changes the filesystem, with bind only the mount', () => {
  const remount = (options: string[]) => {
    const mounts = [{ destination: '/t', type: 'tmpfs', source: 'tmpfs', options: ['remount', ...options] }]
    return plan(mounts).map(
      ([, op]) => op.op === 'set_mount_attributes' && [op.recursive, op.set, op.superblockFlags, op.options],
    )
  }
  assert.deepEqual(remount(['ro', 'async', 'size=1m']), [[false, 1n, 1n, ['async', 'size=1m']]])
  assert.deepEqual(remount(['bind', 'ro', 'sync']), [[false, 1n, 0n, []]])
  assert.deepEqual(remount(['rnodev']), [
    [false, 0n, 0n, []],
    [true, 4n, 0n, []],
  ])
})

test('a read-only remount of /dev waits for the devices', () => {
  const dev = { destination: '/dev', type: 'tmpfs', source: 'tmpfs' }
  const mounts = [dev, { destination: '/dev', options: ['remount', 'bind', 'ro', 'noexec'] }]
  const [, [, op] = []] = plan(mounts)
  assert.equal(op?.op === 'set_mount_attributes' && op.set, 8n)
  assert.deepEqual(
    later(mounts).map(([phase]) => phase),
    ['inside'],
  )
})

const mountLabel = 'system_u:object_r:container_file_t:s0:c1,c2'
const labelled = (mounts: Mount[]) =>
  stepsOf((p) => planMounts(readMounts(makeSpec({ mounts, linux: { mountLabel } })), context, p)).map(([, op]) => op)
const optionsOf = (mount: Mount) => labelled([mount]).flatMap((op) => ('options' in op ? [op.options] : []))

test('new filesystems get the mount label, quoted for its commas', () => {
  const options = ['mode=755', `context="${mountLabel}"`]
  assert.deepEqual(optionsOf({ destination: '/t', type: 'tmpfs', options: ['ro', 'mode=755'] }), [options])
  const ranges = [{ containerID: 0, hostID: 1, size: 1 }]
  const idmap = { uidMappings: ranges, gidMappings: ranges }
  assert.deepEqual(optionsOf({ destination: '/t', type: 'tmpfs', options: ['mode=755', 'idmap'], ...idmap }), [options])
})

test('what the kernel labels, what is there already and what has a context of its own gets no mount label', () => {
  for (const type of ['proc', 'sysfs', 'cgroup']) assert.deepEqual(optionsOf({ destination: '/t', type }), [[]])
  assert.deepEqual(optionsOf({ destination: '/t', type: 'tmpfs', options: ['remount', 'size=1m'] }), [['size=1m']])
  assert.deepEqual(optionsOf({ destination: '/t', source: '/s', options: ['bind'] }), [])
  const options = ['context=a:b:c:s0']
  assert.deepEqual(optionsOf({ destination: '/t', type: 'tmpfs', options }), [options])
})

test('the root of a message queue filesystem is labelled as a file', () => {
  const [mount, label, ...more] = labelled([{ destination: '/dev/mqueue', type: 'mqueue' }])
  assert.deepEqual(mount?.op === 'mount_fs' && mount.options, [])
  assert.deepEqual(label, { op: 'label_file', target: '/dev/mqueue', label: mountLabel })
  assert.deepEqual(more, [])
})
