// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRuntimeError } from '../errors/runtime-error.ts'
import type { CgroupFacts } from './cgroup-facts.ts'
import { contains, entranceOf, placeCgroup, placedCgroups } from './place-cgroup.ts'

const hybrid: CgroupFacts = {
  mode: 'hybrid',
  hierarchies: [
    { controllers: ['memory'], mountpoint: '/sys/fs/cgroup/memory', ownPath: '/own/m' },
    { controllers: ['name=systemd'], mountpoint: '/sys/fs/cgroup/systemd', ownPath: '/' },
  ],
  unified: { mountpoint: '/sys/fs/cgroup/unified', ownPath: '/session' },
}
const v2: CgroupFacts = {
  mode: 'v2',
  hierarchies: [],
  unified: { mountpoint: '/sys/fs/cgroup', ownPath: '/user.slice/session.scope' },
}
const directories = (cgroupsPath: string | undefined, facts: CgroupFacts) =>
  placedCgroups(placeCgroup(cgroupsPath, 'c1', facts)).map(({ directory }) => directory)

test('puts an absolute path below every mountpoint', () => {
  assert.deepEqual(directories('/engine/x', hybrid), [
    '/sys/fs/cgroup/memory/engine/x',
    '/sys/fs/cgroup/systemd/engine/x',
    '/sys/fs/cgroup/unified/engine/x',
  ])
  assert.deepEqual(directories('/engine/x', v2), ['/sys/fs/cgroup/engine/x'])
})

test('puts a relative path, by default the id, below the own cgroup of each v1 hierarchy', () => {
  const expected = (path: string) => [
    `/sys/fs/cgroup/memory/own/m/${path}`,
    `/sys/fs/cgroup/systemd/${path}`,
    `/sys/fs/cgroup/unified/session/${path}`,
  ]
  assert.deepEqual(directories('a/b', hybrid), expected('a/b'))
  assert.deepEqual(directories(undefined, hybrid), expected('c1'))
  assert.deepEqual(directories('', hybrid), expected('c1'))
})

test('puts a relative path beside the own cgroup on v2, where one with processes cannot have such children', () => {
  assert.deepEqual(directories(undefined, v2), ['/sys/fs/cgroup/user.slice/c1'])
})

test('stays below the mountpoint for a process outside the root of its cgroup namespace', () => {
  const outside: CgroupFacts = {
    ...v2,
    unified: { mountpoint: '/sys/fs/cgroup', ownPath: '/../../x/y' },
  }
  assert.deepEqual(directories('a', outside), ['/sys/fs/cgroup/a'])
})

test('normalises a path that stays inside', () => {
  assert.deepEqual(directories('//a/./b/../c/', v2), ['/sys/fs/cgroup/a/c'])
})

for (const path of ['..', '../x', '/..', '/../x', 'a/../../b', '/a/b/../../../c', '/', '/.', 'a/..', './']) {
  test(`refuses the cgroupsPath "${path}" with its pointer`, () => {
    assert.throws(
      () => placeCgroup(path, 'c1', hybrid),
      (error) =>
        isRuntimeError(error) && error.code === 'SPEC_INVALID' && error.details.pointer === '/linux/cgroupsPath',
    )
  })
}

test('enters v1 hierarchies by their tasks files and the unified one by cloning', () => {
  assert.deepEqual(entranceOf(placeCgroup('/x', 'c1', hybrid)), {
    enterFiles: ['/sys/fs/cgroup/memory/x/tasks', '/sys/fs/cgroup/systemd/x/tasks'],
    cloneInto: '/sys/fs/cgroup/unified/x',
  })
  const { unified: _, ...v1 } = hybrid
  assert.equal('cloneInto' in entranceOf(placeCgroup('/x', 'c1', { ...v1, mode: 'v1' })), false)
})

test('survives being written to a file and read again', () => {
  const placement = placeCgroup('/x', 'c1', hybrid)
  assert.deepEqual(JSON.parse(JSON.stringify(placement)), placement)
})

test('knows whose end would be the end of another', () => {
  const at = (path: string) => placeCgroup(path, 'c1', hybrid)
  for (const inner of ['/a', '/a/b', '/a/b/c']) assert.equal(contains(at('/a'), at(inner)), true, inner)
  for (const inner of ['/ab', '/b', '/b/a']) assert.equal(contains(at('/a'), at(inner)), false, inner)
  assert.equal(contains(at('/a/b'), at('/a')), false)
  assert.equal(contains({ mode: 'v1', hierarchies: [] }, at('/a')), false)
})
