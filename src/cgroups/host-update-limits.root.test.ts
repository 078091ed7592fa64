// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import type { Resources } from '@opencontainers/runtime-spec-types'
import { settleResources } from '../spec/settle/settle-resources.ts'
import { createCgroup, openCgroup } from './host-cgroup.ts'
import { readCgroupFacts } from './host-cgroup-facts.ts'
import { noteMissingParents } from './host-missing-parents.ts'
import { updateLimits } from './host-update-limits.ts'
import { type CgroupPlacement, placeCgroup } from './place-cgroup.ts'
import { planLimits } from './plan-resources.ts'

const facts = readCgroupFacts()
const hasV1 = (controller: string) => facts.hierarchies.some(({ controllers }) => controllers.includes(controller))
const skip = ['memory', 'cpu', 'pids', 'blkio'].every(hasV1) ? false : 'needs v1 controllers'

const placements: CgroupPlacement[] = []
after(() => {
  for (const placement of placements.reverse()) openCgroup(placement).destroy()
})

function made(name: string, before: Resources): CgroupPlacement {
  const placement = noteMissingParents(placeCgroup(`/runts-update-${process.pid}/${name}`, 'unused', facts))
  placements.push(placement)
  createCgroup(placement).apply({ writes: planLimits(settleResources(before), facts.mode) })
  return placement
}

const FILES = [
  ['memory', 'memory.limit_in_bytes'],
  ['memory', 'memory.memsw.limit_in_bytes'],
  ['memory', 'memory.soft_limit_in_bytes'],
  ['memory', 'memory.oom_control'],
  ['cpu', 'cpu.shares'],
  ['cpu', 'cpu.idle'],
  ['cpu', 'cpu.cfs_period_us'],
  ['cpu', 'cpu.cfs_quota_us'],
  ['cpu', 'cpu.cfs_burst_us'],
  ['cpuset', 'cpuset.cpus'],
  ['pids', 'pids.max'],
] as const

function contents({ hierarchies }: CgroupPlacement): string[] {
  return FILES.map(([controller, file]) => {
    const directory = hierarchies.find(({ controllers }) => controllers.includes(controller))?.directory
    return `${file} ${readFileSync(`${directory}/${file}`, 'utf8').trim()}`
  })
}

function change(placement: CgroupPlacement, asked: Resources): () => void {
  const resources = settleResources(asked)
  return updateLimits(placement, { resources, writes: planLimits(resources, facts.mode) })
}

const SMALL: Resources = {
  memory: { limit: 16_777_216, swap: 33_554_432, reservation: 8_388_608 },
  cpu: { shares: 300, quota: 10_000, period: 50_000, burst: 5_000, cpus: '0' },
  pids: { limit: 33 },
}
const LARGE: Resources = {
  memory: { limit: 67_108_864, swap: 134_217_728, reservation: 1_048_576, disableOOMKiller: true },
  cpu: { quota: 80_000, period: 100_000, burst: 40_000, idle: 1 },
  pids: { limit: 99 },
}
/** The kernel knows no such device: the last write of all, and the only one that fails. */
const IMPOSSIBLE: Resources = { blockIO: { throttleReadBpsDevice: [{ major: 4095, minor: 1_048_575, rate: 1 }] } }

for (const [name, before, asked] of [
  ['raise', SMALL, LARGE],
  ['lower', LARGE, { ...SMALL, cpu: { ...SMALL.cpu, idle: 0 } }],
] as const) {
  test(`limits that ${name} are what they were after one that is refused`, { skip }, () => {
    const placement = made(`refused-${name}`, before)
    const former = contents(placement)
    assert.throws(() => change(placement, { ...asked, ...IMPOSSIBLE }), { code: 'CGROUP_FAILED' })
    assert.deepEqual(contents(placement), former)
  })

  test(`limits that ${name} can be taken back after they have been set`, { skip }, () => {
    const placement = made(`back-${name}`, before)
    const former = contents(placement)
    const takeBack = change(placement, asked)
    assert.notDeepEqual(contents(placement), former)
    takeBack()
    assert.deepEqual(contents(placement), former)
  })
}

test('burst, quota and period rise together whatever depends on what', { skip }, () => {
  const placement = made('chain', SMALL)
  change(placement, { cpu: { burst: 60_000, quota: 90_000, period: 900_000 } })
  assert.deepEqual(contents(placement).slice(6, 9), [
    'cpu.cfs_period_us 900000',
    'cpu.cfs_quota_us 90000',
    'cpu.cfs_burst_us 60000',
  ])
})
