// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRuntimeError } from '../../errors/runtime-error.ts'
import type { CgroupFacts } from '../cgroup-facts.ts'
import { expandSlice, placeUnit, unitOf } from './place-unit.ts'

const v2: CgroupFacts = {
  mode: 'v2',
  hierarchies: [],
  unified: { mountpoint: '/sys/fs/cgroup', ownPath: '/user.slice/session-1.scope' },
}

test('names the unit after slice, prefix and name, or after the container', () => {
  assert.deepEqual(unitOf('system.slice:docker:1234', 'box', 'system'), {
    instance: 'system',
    name: 'docker-1234.scope',
    slice: 'system.slice',
  })
  assert.deepEqual(unitOf(undefined, 'box', 'system'), {
    instance: 'system',
    name: 'runts-box.scope',
    slice: 'system.slice',
  })
  assert.equal(unitOf(':cri-containerd:box', 'box', 'system').slice, 'system.slice')
  assert.equal(unitOf('', 'box', 'user').slice, 'user.slice')
  assert.equal(unitOf('machine.slice:x:pod-a.slice', 'box', 'system').name, 'pod-a.slice')
})

test('finds the directory of a slice below the slices that its name lists', () => {
  assert.equal(expandSlice('system.slice'), '/system.slice')
  assert.equal(expandSlice('a-b-c.slice'), '/a.slice/a-b.slice/a-b-c.slice')
  assert.equal(expandSlice('-.slice'), '')
})

const refused = {
  '/docker/1234':
    'expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, got "/docker/1234" instead',
  'a:b:c:d': 'expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, got "a:b:c:d" instead',
  'a.scope:b:c': 'invalid slice name: a.scope',
  '.slice:b:c': 'invalid slice name: .slice',
  'a--b.slice:b:c': 'invalid slice name: a--b.slice',
  '-a.slice:b:c': 'invalid slice name: -a.slice',
  '../a.slice:b:c': 'invalid slice name: ../a.slice',
  'a.slice:b:c--d.slice': 'invalid slice name: c--d.slice',
  'a.slice:b:../../c': 'cannot use cgroupsPath: "b-../../c.scope" is no valid name of a systemd unit',
  [`a.slice:b:${'c'.repeat(250)}`]: 'is no valid name of a systemd unit',
}
for (const [cgroupsPath, message] of Object.entries(refused)) {
  test(`refuses the cgroupsPath "${cgroupsPath.slice(0, 30)}"`, () => {
    assert.throws(
      () => unitOf(cgroupsPath, 'box', 'system'),
      (error) => isRuntimeError(error) && error.code === 'SPEC_INVALID' && error.message.includes(message),
    )
  })
}

test('places a unit in every hierarchy, whatever the cgroup of the caller', () => {
  const unit = unitOf('a-b.slice:p:n', 'box', 'system')
  assert.equal(placeUnit(unit, '', v2).unified?.directory, '/sys/fs/cgroup/a.slice/a-b.slice/p-n.scope')
  const hybrid: CgroupFacts = {
    mode: 'hybrid',
    hierarchies: [{ controllers: ['cpu', 'cpuacct'], mountpoint: '/sys/fs/cgroup/cpu,cpuacct', ownPath: '/x' }],
    unified: { mountpoint: '/sys/fs/cgroup/unified', ownPath: '/' },
  }
  const placed = placeUnit(unit, '', hybrid)
  assert.equal(placed.hierarchies[0]?.directory, '/sys/fs/cgroup/cpu,cpuacct/a.slice/a-b.slice/p-n.scope')
  assert.equal(placed.unified?.directory, '/sys/fs/cgroup/unified/a.slice/a-b.slice/p-n.scope')
})

test("places the unit of a user below the cgroup of the user's manager", () => {
  const manager = '/user.slice/user-1000.slice/user@1000.service'
  assert.equal(
    placeUnit(unitOf(undefined, 'box', 'user'), manager, v2).unified?.directory,
    `/sys/fs/cgroup${manager}/user.slice/runts-box.scope`,
  )
})
