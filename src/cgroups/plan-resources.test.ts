// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { isRuntimeError } from '../errors/runtime-error.ts'
import { settleResources } from '../spec/settle/settle-resources.ts'
import { resourceFixtures, resourceListings, resourcesOf } from '../tools/cgroup-fixtures.ts'
import type { CgroupFacts } from './cgroup-facts.ts'
import { planResources } from './plan-resources.ts'
import { findUnsupportedResources } from './unsupported-resources.ts'

const v1Hierarchy = { controllers: ['devices'], mountpoint: '/sys/fs/cgroup/devices', ownPath: '/' }
const v2Hierarchy = { mountpoint: '/sys/fs/cgroup', ownPath: '/' }
const v1: CgroupFacts = { mode: 'v1', hierarchies: [v1Hierarchy] }
const v2: CgroupFacts = { mode: 'v2', hierarchies: [], unified: v2Hierarchy }

for (const name of resourceFixtures()) {
  test(`plans the resources "${name}" for both cgroup versions as recorded`, () => {
    for (const [path, actual] of resourceListings(name)) {
      const recorded = existsSync(path) ? readFileSync(path, 'utf8') : 'nothing recorded'
      assert.equal(actual, recorded, `${path} differs: npm run fixtures:update writes it anew`)
    }
  })
}

test('has a golden file of its own for each field', () => {
  const everything = JSON.parse(readFileSync('spec-fixtures/config/valid/everything.json', 'utf8'))
  const single = new Set(
    resourceFixtures()
      .filter((name) => !name.startsWith('everything'))
      .flatMap((name) => fieldsOf(resourcesOf(name))),
  )
  const missing = fieldsOf(everything.linux.resources).filter((field) => !single.has(field))
  assert.deepEqual(missing, [])
})

/** Paths of all leaves, with the names of devices and files, and the indexes of lists, left out. */
function fieldsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => fieldsOf(entry, path))
  if (typeof value !== 'object' || value === null) return [path]
  const named = path === '/rdma' || path === '/unified'
  return Object.entries(value).flatMap(([key, entry]) => fieldsOf(entry, named ? `${path}/*` : `${path}/${key}`))
}

test('denies all devices before anything else, also without any resources', () => {
  const nothing = settleResources({})
  const [first, ...rest] = planResources(nothing, v1).writes
  assert.equal(`${first?.file} ${first?.value}`, 'devices.deny a')
  assert.ok(rest.every(({ file }) => file === 'devices.allow'))
  assert.ok(planResources(nothing, v2).deviceFilter)
})

test('restricts devices through the unified hierarchy when the v1 ones have no devices controller', () => {
  const memory = { controllers: ['memory'], mountpoint: '/sys/fs/cgroup/memory', ownPath: '/' }
  const hybrid: CgroupFacts = { mode: 'hybrid', hierarchies: [memory], unified: v2Hierarchy }
  const plan = planResources(settleResources({ memory: { limit: 4096 } }), hybrid)
  assert.ok(plan.deviceFilter)
  assert.deepEqual(
    plan.writes.map(({ file }) => file),
    ['memory.limit_in_bytes'],
  )
})

test('refuses a host on which devices cannot be restricted, except for a container that may use all', () => {
  const bare: CgroupFacts = { mode: 'v1', hierarchies: [] }
  assert.throws(
    () => planResources(settleResources({}), bare),
    (error) => isRuntimeError(error) && error.details.pointer === '/linux/resources/devices',
  )
  const privileged = settleResources({ devices: [{ allow: true, access: 'rwm' }] })
  assert.deepEqual(planResources(privileged, bare), { writes: [] })
})

test('takes the values that engines write for "not set" as not set in either version', () => {
  const resources = settleResources({
    memory: { limit: 0, swap: 0, reservation: 0, kernel: 0, disableOOMKiller: false, swappiness: -1 },
    cpu: { shares: 0, quota: 0, period: 0, realtimePeriod: 0, realtimeRuntime: 0, cpus: '', mems: '' },
    blockIO: { weight: 0, leafWeight: 0 },
    network: { classID: 0 },
  })
  for (const facts of [v1, v2]) {
    assert.deepEqual(findUnsupportedResources(resources, facts.mode), [])
    const limits = planResources(resources, facts).writes.filter(({ controller }) => controller !== 'devices')
    assert.deepEqual(limits, [])
  }
})
