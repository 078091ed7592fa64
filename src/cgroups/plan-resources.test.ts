// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Resources } from '@opencontainers/runtime-spec-types'
import { isRuntimeError } from '../errors/runtime-error.ts'
import { parseConfig } from '../spec/parse-config.ts'
import { settleResources } from '../spec/settle/settle-resources.ts'
import type { CgroupFacts } from './cgroup-facts.ts'
import { resolveDeviceAccess } from './device-access.ts'
import { planLimits, planResources } from './plan-resources.ts'
import { printResourcePlan } from './print-resource-plan.ts'
import { findUnsupportedResources } from './unsupported-resources.ts'
import { printInstructions } from './v2/bpf-instructions.ts'
import { deviceFilterInstructions } from './v2/device-filter.ts'

const FIXTURES = 'spec-fixtures/cgroups'
const v1Hierarchy = { controllers: ['devices'], mountpoint: '/sys/fs/cgroup/devices', ownPath: '/' }
const v2Hierarchy = { mountpoint: '/sys/fs/cgroup', ownPath: '/' }
const v1: CgroupFacts = { mode: 'v1', hierarchies: [v1Hierarchy] }
const v2: CgroupFacts = { mode: 'v2', hierarchies: [], unified: v2Hierarchy }

function readResources(name: string) {
  const text = readFileSync(`${FIXTURES}/${name}.json`, 'utf8')
  return settleResources(parseConfig(text, name).value as Resources)
}

/** What a host with these cgroups would do: the problems, or else the writes; device access only where it is the topic. */
function listing(name: string, facts: CgroupFacts): string {
  const resources = readResources(name)
  const issues = findUnsupportedResources(resources, facts.mode)
  if (issues.length > 0) return issues.map(({ pointer, message }) => `${pointer}: ${message}\n`).join('')
  const plan = isAboutDevices(name) ? planResources(resources, facts) : { writes: planLimits(resources, facts.mode) }
  return printResourcePlan(plan)
}

function isAboutDevices(name: string): boolean {
  return name === 'none' || readResources(name).devices.length > 0
}

function compare(file: string, actual: string): void {
  const path = `${FIXTURES}/${file}`
  if (process.env.UPDATE_FIXTURES) writeFileSync(path, actual)
  assert.equal(actual, readFileSync(path, 'utf8'), `${path} differs; UPDATE_FIXTURES=1 writes it anew`)
}

const names = readdirSync(FIXTURES)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -5))

for (const name of names) {
  test(`plans the resources "${name}" for both cgroup versions as recorded`, () => {
    compare(`${name}.v1.writes`, listing(name, v1))
    compare(`${name}.v2.writes`, listing(name, v2))
    if (!isAboutDevices(name)) return
    const access = resolveDeviceAccess(readResources(name).devices)
    compare(`${name}.bpf.txt`, printInstructions(deviceFilterInstructions(access)))
  })
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
