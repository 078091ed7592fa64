// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CgroupPlacement } from './place-cgroup.ts'
import { placeSubCgroup } from './place-sub-cgroup.ts'

const hierarchy = (controllers: string[], name: string) => ({
  controllers,
  mountpoint: `/cg/${name}`,
  directory: `/cg/${name}/box`,
})
const placement: CgroupPlacement = {
  mode: 'hybrid',
  hierarchies: [hierarchy(['cpu', 'cpuacct'], 'cpu'), hierarchy(['memory'], 'memory')],
  unified: hierarchy([], 'unified'),
}

function placed(...places: string[]): (string | undefined)[] {
  const { hierarchies, unified } = placeSubCgroup(placement, places)
  return [...hierarchies.map(({ directory }) => directory), unified?.directory]
}

test('a path alone is meant for every hierarchy', () => {
  assert.deepEqual(placed('a/b'), ['/cg/cpu/box/a/b', '/cg/memory/box/a/b', '/cg/unified/box/a/b'])
  assert.deepEqual(placed('/'), ['/cg/cpu/box', '/cg/memory/box', '/cg/unified/box'])
})

test('a controller moves the hierarchy it shares with others', () => {
  assert.deepEqual(placed('cpuacct:/x'), ['/cg/cpu/box/x', '/cg/memory/box', '/cg/unified/box'])
  assert.deepEqual(placed('cpu,memory:x'), ['/cg/cpu/box/x', '/cg/memory/box/x', '/cg/unified/box'])
})

test('no path leads above the container or beside it', () => {
  for (const path of ['..', '../boxes', 'a/../..', 'a/../../box/b', '/..', 'cpu:..'])
    assert.throws(() => placed(path), /bad sub cgroup path: .* is not a sub cgroup path/, path)
})

test('what is no place is refused in the words of runc', () => {
  assert.throws(() => placed('nope:/'), /unknown controller nope/)
  assert.throws(() => placed(':/'), /empty <controller> prefix/)
  assert.throws(() => placed('cpu,:/'), /empty <controller> prefix/)
  assert.throws(() => placed('cpu:/', '/'), /missing <controller>: prefix/)
  assert.throws(() => placed('/a', '/b'), /missing <controller>: prefix/)
  assert.throws(() => placed('cpu:/', 'memory,cpu:/'), /controller cpu specified multiple times/)
})
