// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Resources } from '@opencontainers/runtime-spec-types'
import { settleResources } from '../spec/settle/settle-resources.ts'
import type { CgroupMode } from './cgroup-facts.ts'
import { findUnsupportedResources } from './unsupported-resources.ts'

const pointers = (resources: Resources, mode: CgroupMode) =>
  findUnsupportedResources(settleResources(resources), mode).map(({ pointer }) => pointer)

test('names every v1 setting that v2 does not have', () => {
  const resources: Resources = {
    memory: { kernel: 1, kernelTCP: 1, swappiness: 0, disableOOMKiller: true, useHierarchy: true },
    cpu: { realtimePeriod: 1, realtimeRuntime: 1 },
    blockIO: { leafWeight: 10, weightDevice: [{ major: 8, minor: 0, leafWeight: 10 }] },
    network: { classID: 1, priorities: [{ name: 'lo', priority: 1 }] },
  }
  assert.deepEqual(pointers(resources, 'v2').sort(), [
    '/linux/resources/blockIO/leafWeight',
    '/linux/resources/blockIO/weightDevice/0/leafWeight',
    '/linux/resources/cpu/realtimePeriod',
    '/linux/resources/cpu/realtimeRuntime',
    '/linux/resources/memory/disableOOMKiller',
    '/linux/resources/memory/kernel',
    '/linux/resources/memory/kernelTCP',
    '/linux/resources/memory/swappiness',
    '/linux/resources/network/classID',
    '/linux/resources/network/priorities',
  ])
  assert.deepEqual(pointers(resources, 'hybrid'), [])
})

test('refuses unified settings where controllers are v1', () => {
  const resources = { unified: { 'memory.high': '1', 'a~b/c': '' } }
  const expected = ['/linux/resources/unified/memory.high', '/linux/resources/unified/a~0b~1c']
  assert.deepEqual(pointers(resources, 'v1'), expected)
  assert.deepEqual(pointers(resources, 'hybrid'), expected)
})

test('refuses unified names that are no file of the cgroup', () => {
  const names = ['../cgroup.procs', 'sub/memory.max', '..', '.', 'memory', '', 'memory.']
  for (const name of names) assert.equal(pointers({ unified: { [name]: '1' } }, 'v2').length, 1, name)
  for (const name of ['memory.swap.max', 'hugetlb.2MB.max', 'misc.max']) {
    assert.deepEqual(pointers({ unified: { [name]: '1' } }, 'v2'), [])
  }
})

test('wants a memory limit below memory+swap on v2', () => {
  assert.deepEqual(pointers({ memory: { swap: 10 } }, 'v2'), ['/linux/resources/memory/swap'])
  assert.deepEqual(pointers({ memory: { limit: 20, swap: 10 } }, 'v2'), ['/linux/resources/memory/swap'])
  assert.deepEqual(pointers({ memory: { limit: 20, swap: 20 } }, 'v2'), [])
  assert.deepEqual(pointers({ memory: { limit: -1, swap: 10 } }, 'v2'), [])
  assert.deepEqual(pointers({ memory: { swap: -1 } }, 'v2'), [])
})

test('refuses cpu shares that the v1 kernel would bend into its range', () => {
  for (const shares of [1, 262_145])
    assert.deepEqual(pointers({ cpu: { shares } }, 'v1'), ['/linux/resources/cpu/shares'])
  for (const shares of [0, 2, 262_144]) assert.deepEqual(pointers({ cpu: { shares } }, 'v1'), [])
  assert.deepEqual(pointers({ cpu: { shares: 1 } }, 'v2'), [])
})
