// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Resources } from '@opencontainers/runtime-spec-types'
import { settleResources } from '../spec/settle/settle-resources.ts'
import type { CgroupFacts } from './cgroup-facts.ts'
import { type CgroupPlacement, placeCgroup, placedCgroups } from './place-cgroup.ts'
import { forbiddenLimit, viewOf, withoutForbidden } from './plan-permitted-cgroups.ts'

const hybrid: CgroupFacts = {
  mode: 'hybrid',
  hierarchies: [
    { controllers: ['memory'], mountpoint: '/c/memory', ownPath: '/user' },
    { controllers: ['pids'], mountpoint: '/c/pids', ownPath: '/' },
  ],
  unified: { mountpoint: '/c/unified', ownPath: '/user/scope' },
}
const v2: CgroupFacts = { mode: 'v2', hierarchies: [], unified: { mountpoint: '/c', ownPath: '/slice/scope' } }
const directories = (placement: CgroupPlacement) => placedCgroups(placement).map(({ directory }) => directory)
const permitting = (facts: CgroupFacts, ...names: string[]) =>
  withoutForbidden(placeCgroup(undefined, 'id', facts), ({ mountpoint }) => names.includes(mountpoint))
const limit = (resources: Resources, placement: CgroupPlacement) =>
  forbiddenLimit(settleResources(resources), placement)

test('only the permitted hierarchies are kept', () => {
  assert.deepEqual(directories(permitting(hybrid, '/c/pids', '/c/unified')), ['/c/pids/id', '/c/unified/user/scope/id'])
  assert.deepEqual(directories(permitting(hybrid)), [])
  assert.equal(permitting(hybrid).mode, 'hybrid')
})

test('where it has no cgroup of its own, the container sees that of its maker', () => {
  const view = viewOf(placeCgroup(undefined, 'id', hybrid), permitting(hybrid, '/c/memory'), hybrid)
  assert.deepEqual(directories(view), ['/c/memory/user/id', '/c/pids', '/c/unified/user/scope'])
})

test('a limit without a cgroup to set it in is refused, one with is not', () => {
  const resources = { memory: { limit: 1048576n }, pids: { limit: 7n } }
  const refused = limit(resources, permitting(hybrid, '/c/memory'))
  assert.equal(refused?.message, 'cannot set pids limit: container could not join or create cgroup')
  assert.equal(refused?.details.pointer, '/linux/resources/pids/limit')
  assert.equal(limit(resources, permitting(hybrid, '/c/memory', '/c/pids')), undefined)
  assert.equal(limit({}, permitting(hybrid)), undefined)
})

test('on v2 a limit is refused in the words of runc', () => {
  const refused = limit({ memory: { limit: 1048576n } }, permitting(v2))
  assert.equal(refused?.message, 'rootless needs no limits + no cgrouppath when no permission is granted for cgroups')
  assert.equal(refused?.details.pointer, '/linux/resources/memory/limit')
  assert.equal(limit({ memory: { limit: 1048576n } }, permitting(v2, '/c')), undefined)
})
