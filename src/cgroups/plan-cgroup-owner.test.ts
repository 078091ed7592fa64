// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Spec } from '@opencontainers/runtime-spec-types'
import { makeSpec } from '../tools/make-spec.ts'
import { planCgroupOwner } from './plan-cgroup-owner.ts'

const mount = { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['nosuid', 'rw'] }
const mappings = [
  { containerID: 0, hostID: 100_000, size: 10 },
  { containerID: 10, hostID: 5_000, size: 10 },
]
const mapped = { uidMappings: mappings, gidMappings: mappings }

function owner(changes: { [key: string]: unknown } = {}, namespaces: unknown[] = [{ type: 'cgroup' }]) {
  const { linux, ...rest } = changes as { linux?: object }
  return planCgroupOwner(makeSpec({ mounts: [mount], ...rest, linux: { namespaces, ...linux } } as Partial<Spec>), 'v2')
}

const process = { args: ['sh'], cwd: '/', user: { uid: 12, gid: 0 } }

test('is the user of the process, as the host knows it', () => {
  assert.equal(owner(), 0)
  assert.equal(owner({ process }), 12)
  const namespaces = [{ type: 'cgroup' }, { type: 'user' }]
  assert.equal(owner({ linux: mapped }, namespaces), 100_000)
  assert.equal(owner({ process, linux: mapped }, namespaces), 5_002)
})

test('is left as it is without a cgroup namespace of the container', () => {
  assert.equal(owner({}, []), undefined)
  assert.equal(owner({}, [{ type: 'cgroup', path: '/proc/1/ns/cgroup' }]), undefined)
})

test('is left as it is where the cgroup is not mounted, read-only or elsewhere', () => {
  assert.equal(owner({ mounts: [] }), undefined)
  assert.equal(owner({ mounts: [{ ...mount, options: ['ro'] }] }), undefined)
  assert.equal(owner({ mounts: [{ ...mount, destination: '/cgroup' }] }), undefined)
  assert.equal(owner({ mounts: [{ ...mount, destination: '/sys/fs/cgroup/' }] }), 0)
})

test('is left as it is in a user namespace that exists', () => {
  assert.equal(owner({}, [{ type: 'cgroup' }, { type: 'user', path: '/proc/1/ns/user' }]), undefined)
})

test('is left as it is on hosts with cgroup v1', () => {
  const spec = makeSpec({ mounts: [mount], linux: { namespaces: [{ type: 'cgroup' }] } } as Partial<Spec>)
  assert.equal(planCgroupOwner(spec, 'hybrid'), undefined)
  assert.equal(planCgroupOwner(spec, 'v1'), undefined)
})
