// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Spec } from '@opencontainers/runtime-spec-types'
import { ROOT_FACTS, USER_FACTS } from '../tools/make-facts.ts'
import { makeSpec } from '../tools/make-spec.ts'
import { maySetGroups } from './circumstances.ts'
import { rootlessIssues } from './rootless-issues.ts'

const own = { containerID: 0, hostID: 1000, size: 1 }
const ownGroup = { containerID: 0, hostID: 1001, size: 1 }
const namespaces = [{ type: 'mount' as const }, { type: 'user' as const }]
const single = { namespaces, uidMappings: [own], gidMappings: [ownGroup] }
const ranges = [own, { containerID: 1, hostID: 100000, size: 10 }]
const many = { namespaces, uidMappings: ranges, gidMappings: ranges }
const issues = (spec: Partial<Spec>) => rootlessIssues(makeSpec(spec), USER_FACTS).map((i) => [i.pointer, i.message])

test('an ordinary user needs a user namespace, new or joined', () => {
  assert.deepEqual(issues({ linux: { namespaces: [{ type: 'mount' }] } }), [
    ['/linux/namespaces', 'rootless container requires user namespaces'],
  ])
  assert.deepEqual(issues({ linux: single }), [])
  assert.deepEqual(issues({ linux: { namespaces: [{ type: 'user', path: '/u' }] } }), [])
})

test('network devices are moved by the host alone', () => {
  const namespaces = [...single.namespaces, { type: 'network' as const }]
  const linux = { ...single, namespaces, netDevices: { eth0: { name: 'eth0' } } }
  assert.deepEqual(issues({ linux }), [
    ['/linux/netDevices', 'network devices are not supported for rootless containers'],
  ])
})

test('a mount option names ids that are mapped', () => {
  const mounts = (options: string[]) => [{ destination: '/t', type: 'tmpfs', source: 'tmpfs', options }]
  assert.deepEqual(issues({ linux: single, mounts: mounts(['mode=755', 'uid=0', 'gid=5']) }), [
    ['/mounts/0/options/2', 'cannot specify gid= mount options for unmapped gid in rootless containers'],
  ])
  assert.deepEqual(issues({ linux: single, mounts: mounts(['uid=1']) }), [
    ['/mounts/0/options/0', 'cannot specify uid= mount options for unmapped uid in rootless containers'],
  ])
  assert.deepEqual(issues({ linux: many, mounts: mounts(['uid=1', 'gid=10']) }), [])
})

test('ids of mounts cannot be mapped, however it is asked for', () => {
  const bind = { source: '/src', options: ['bind'] }
  const mapped = { uidMappings: [own], gidMappings: [own] }
  const mounts = [
    { destination: '/a', ...bind },
    { destination: '/b', ...bind, ...mapped },
    { destination: '/c', source: '/src', options: ['bind', 'ridmap'] },
  ]
  assert.deepEqual(issues({ linux: single, mounts }), [
    ['/mounts/1', 'id-mapped mounts are not supported for rootless containers'],
    ['/mounts/2', 'id-mapped mounts are not supported for rootless containers'],
  ])
})

test('groups can be set where newgidmap maps them, not where the keeper maps one', () => {
  const process = { user: { uid: 0, gid: 0, additionalGids: [0] }, args: ['true'], cwd: '/' }
  assert.deepEqual(issues({ linux: single, process }), [
    ['/process/user/additionalGids', 'cannot set any additional groups in a rootless container'],
  ])
  assert.deepEqual(issues({ linux: many, process }), [])
})

test('a user namespace that denies setgroups hands that down', () => {
  const denying = { ...ROOT_FACTS, inUserNamespace: true, deniesSetgroups: true }
  assert.equal(maySetGroups(makeSpec({ linux: many }), ROOT_FACTS), true)
  assert.equal(maySetGroups(makeSpec({ linux: many }), denying), false)
  assert.equal(maySetGroups(makeSpec(), denying), false)
})
