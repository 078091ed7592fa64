// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Linux } from '@opencontainers/runtime-spec-types'
import { noSlot } from '../plan/op.ts'
import { makeLinuxSpec, makeSpec, originsOf, stepsOf } from '../tools/make-spec.ts'
import type { MapRights } from './id-map-writers.ts'
import { planCgroupEntrance } from './plan-cgroup-entrance.ts'
import { planHostname } from './plan-hostname.ts'
import { planIdMappings } from './plan-id-mappings.ts'
import * as namespaces from './plan-namespaces.ts'

const map = [{ containerID: 0, hostID: 100000, size: 65536 }]
const user: Linux = { namespaces: [{ type: 'user' }, { type: 'mount' }], uidMappings: map, gidMappings: map }

test('all new namespaces but cgroup and time are made by one clone', () => {
  const types = ['user', 'pid', 'network', 'ipc', 'uts', 'mount', 'cgroup', 'time'] as const
  const spec = makeLinuxSpec({ ...user, namespaces: types.map((type) => ({ type })) })
  const steps = stepsOf((plan) => namespaces.planCloneInit(spec, noSlot, plan))
  const flags = 0x10000000n | 0x20000000n | 0x40000000n | 0x8000000n | 0x4000000n | 0x20000n
  assert.deepEqual(steps, [['keeper', { op: 'clone_init', flags, cgroup: '' }]])
})

test('namespaces that are shared with the host are neither made nor joined', () => {
  const spec = makeLinuxSpec({ namespaces: [] })
  assert.deepEqual(
    stepsOf((plan) => namespaces.planCloneInit(spec, noSlot, plan)),
    [['keeper', { op: 'clone_init', flags: 0n, cgroup: '' }]],
  )
  assert.deepEqual(
    stepsOf((plan) => namespaces.planJoinedNamespaces(spec, plan)),
    [],
  )
})

test('a namespace with a path is opened with its type and joined, and each opening names its own path', () => {
  const list = [
    { type: 'pid' as const },
    { type: 'network' as const, path: '/proc/7/ns/net' },
    { type: 'user' as const, path: '/u' },
  ]
  const spec = makeLinuxSpec({ namespaces: list })
  const none = { mount: '', pid: '', ipc: '', uts: '', cgroup: '', time: '' }
  assert.deepEqual(
    stepsOf((plan) => namespaces.planJoinedNamespaces(spec, plan)),
    [
      ['keeper', { op: 'open_namespace', slot: 'network namespace', path: '/proc/7/ns/net', type: 0x40000000 }],
      ['keeper', { op: 'open_namespace', slot: 'user namespace', path: '/u', type: 0x10000000 }],
      ['keeper', { op: 'join_namespaces', ...none, network: 'network namespace', user: 'user namespace' }],
    ],
  )
  assert.deepEqual(
    originsOf((plan) => namespaces.planJoinedNamespaces(spec, plan)),
    ['/linux/namespaces/1/path', '/linux/namespaces/2/path', '/linux/namespaces'],
  )
})

test('a time namespace takes its offsets, or none, when it is new', () => {
  const timeOffsets = { boottime: { secs: -3, nanosecs: 5 } }
  const zero = { monotonicSecs: 0n, monotonicNanosecs: 0, boottimeSecs: 0n, boottimeNanosecs: 0 }
  const time = (linux: Linux) => stepsOf((plan) => namespaces.planTimeNamespace(makeLinuxSpec(linux), plan))
  assert.deepEqual(time({ namespaces: [{ type: 'time' }], timeOffsets }), [
    ['born', { op: 'set_time_offsets', ...zero, boottimeSecs: -3n, boottimeNanosecs: 5 }],
  ])
  assert.deepEqual(time({ namespaces: [{ type: 'time' }] }), [['born', { op: 'set_time_offsets', ...zero }]])
  assert.deepEqual(time({ namespaces: [{ type: 'time', path: '/t' }] }), [])
})

const root = { euid: 0, egid: 0, mapsAnyUid: true, mapsAnyGid: true }
const user1000 = { euid: 1000, egid: 1001, mapsAnyUid: false, mapsAnyGid: false }
const mapSteps = (linux: Linux, rights: MapRights) =>
  stepsOf((plan) => planIdMappings(makeLinuxSpec(linux), rights, plan)).map(([phase, op]) => {
    assert.equal(phase, 'attend')
    return op.op === 'write_id_map' ? [op.file, op.content] : op.op
  })
const one = (hostID: number) => [{ containerID: 0, hostID, size: 1 }]

test('the keeper writes the maps of a new user namespace wherever the kernel lets it', () => {
  const content = '0 100000 65536\n'
  assert.deepEqual(mapSteps(user, root), [
    ['uid_map', content],
    ['gid_map', content],
  ])
  assert.deepEqual(mapSteps({ ...user, uidMappings: one(1000), gidMappings: one(1001) }, user1000), [
    ['uid_map', '0 1000 1\n'],
    ['setgroups', 'deny'],
    ['gid_map', '0 1001 1\n'],
  ])
})

test('maps of more than the own id are left to the programs that know subordinate ids', () => {
  assert.deepEqual(mapSteps(user, user1000), ['sync'])
  assert.deepEqual(mapSteps({ ...user, uidMappings: one(1000) }, user1000), ['sync', ['uid_map', '0 1000 1\n']])
  assert.deepEqual(mapSteps({ ...user, gidMappings: one(1001) }, user1000), [
    'sync',
    ['setgroups', 'deny'],
    ['gid_map', '0 1001 1\n'],
  ])
  assert.deepEqual(mapSteps({ ...user, uidMappings: one(1001), gidMappings: one(1000) }, user1000), ['sync'])
})

test('the mappings beside a joined user namespace are compared', () => {
  const joined: Linux = { namespaces: [{ type: 'user', path: '/u' }], uidMappings: map, gidMappings: map }
  assert.deepEqual(mapSteps(joined, root), ['sync'])
})

test('the process of an ordinary user is dumpable until its ids are mapped, that of root never is', () => {
  const steps = (euid: number, linux: Linux) =>
    stepsOf((plan) => namespaces.planDumpableUntilMapped(makeLinuxSpec(linux), euid, plan))
  assert.deepEqual(steps(1000, user), [
    ['keeper', { op: 'set_dumpable', dumpable: true }],
    ['born', { op: 'set_dumpable', dumpable: false }],
  ])
  assert.deepEqual(steps(0, user), [])
  assert.deepEqual(steps(1000, { namespaces: [{ type: 'user', path: '/u' }] }), [])
})

test('a joined user namespace is not mapped again, but its root is taken', () => {
  const spec = makeLinuxSpec({ namespaces: [{ type: 'user', path: '/u' }] })
  assert.deepEqual(
    stepsOf((plan) => planIdMappings(spec, root, plan)),
    [],
  )
  assert.deepEqual(
    stepsOf((plan) => namespaces.planBecomeRoot(spec, true, plan)),
    [['born', { op: 'become_root', setgroups: true }]],
  )
})

test('loopback is raised and the cgroup namespace unshared only where they are new', () => {
  const born = (linux: Linux) =>
    stepsOf((plan) => {
      namespaces.planCgroupNamespace(makeLinuxSpec(linux), plan)
      namespaces.planLoopback(makeLinuxSpec(linux), plan)
    }).map(([, op]) => op.op)
  assert.deepEqual(born({ namespaces: [{ type: 'network' }, { type: 'cgroup' }] }), [
    'unshare_namespaces',
    'raise_loopback',
  ])
  assert.deepEqual(
    born({
      namespaces: [
        { type: 'network', path: '/n' },
        { type: 'user', path: '/u' },
        { type: 'cgroup', path: '/c' },
      ],
    }),
    [],
  )
})

test('a cgroup namespace is joined from inside of the cgroup, and from the host where the host may own it', () => {
  const joinedIn = (types: NonNullable<Linux['namespaces']>) =>
    stepsOf((plan) => {
      const spec = makeLinuxSpec({ namespaces: types })
      namespaces.planCgroupNamespace(spec, plan)
      namespaces.planJoinedNamespaces(spec, plan)
    }).flatMap(([phase, op]) => (op.op === 'join_namespaces' ? [[phase, op.cgroup !== '']] : []))
  const cgroup = { type: 'cgroup', path: '/c' } as const
  assert.deepEqual(joinedIn([cgroup]), [['born', true]])
  assert.deepEqual(joinedIn([{ type: 'user', path: '/u' }, cgroup]), [['keeper', true]])
})

test('v1 cgroups are entered and the v2 one is cloned into', () => {
  const steps = stepsOf((plan) => {
    const slot = planCgroupEntrance({ enterFiles: ['/c1/tasks'], cloneInto: '/c2' }, plan)
    namespaces.planCloneInit(makeSpec(), slot, plan)
  })
  assert.deepEqual(steps, [
    ['keeper', { op: 'open_cgroup', slot: '/c1/tasks', path: '/c1/tasks' }],
    ['keeper', { op: 'open_cgroup', slot: '/c2', path: '/c2' }],
    ['keeper', { op: 'clone_init', flags: 0x20020000n, cgroup: '/c2' }],
    ['born', { op: 'enter_cgroup', slot: '/c1/tasks' }],
  ])
})

test('host and domain name are set inside', () => {
  const linux = { namespaces: [{ type: 'uts' as const }] }
  const spec = makeSpec({ hostname: 'box', domainname: 'example', linux })
  assert.deepEqual(
    stepsOf((plan) => planHostname(spec, plan)),
    [
      ['inside', { op: 'set_hostname', name: 'box' }],
      ['inside', { op: 'set_domainname', name: 'example' }],
    ],
  )
})
