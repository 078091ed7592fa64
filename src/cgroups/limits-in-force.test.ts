// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Resources } from '@opencontainers/runtime-spec-types'
import { settleResources } from '../spec/settle/settle-resources.ts'
import { type LimitsInForce, limitsInForce, mergeLimits } from './limits-in-force.ts'

/** The memory and cpu sections of an update, without the fields that are always there, and what is in force after it. */
function merge(before: LimitsInForce, asked: Resources, endsCheck = false) {
  const { resources, inForce } = mergeLimits(before, settleResources(asked), endsCheck)
  const { disableOOMKiller, useHierarchy, ...memory } = resources.memory
  return { memory, cpu: resources.cpu, inForce }
}

test('remembers what later updates depend on, in decimal, and nothing where there is nothing', () => {
  const resources = {
    memory: { limit: 2n ** 53n + 1n, reservation: 5 },
    cpu: { quota: -1, idle: 0 },
    pids: { limit: 4 },
  }
  assert.deepEqual(limitsInForce(settleResources(resources)), { limit: '9007199254740993', quota: '-1', idle: '0' })
  assert.deepEqual(limitsInForce(settleResources({ memory: { checkBeforeUpdate: true } })), { checkBeforeUpdate: true })
  assert.equal(limitsInForce(settleResources({ pids: { limit: 4 } })), undefined)
})

test('a quota keeps the period and the burst, and a period the quota', () => {
  const before = { quota: '50000', period: '200000', burst: '1000' }
  assert.deepEqual(merge(before, { cpu: { quota: 60_000 } }).cpu, { quota: 60_000n, period: 200_000n, burst: 1000n })
  assert.deepEqual(merge(before, { cpu: { period: 300_000 } }).cpu, {
    quota: 50_000n,
    period: 300_000n,
    burst: 1000n,
  })
  assert.deepEqual(merge(before, { cpu: { period: 300_000 } }).inForce, { ...before, period: '300000' })
})

test('leaves alone what is not asked for', () => {
  const before = { quota: '50000', limit: '4096', swap: '8192', shares: '512' }
  const { memory, cpu, inForce } = merge(before, { pids: { limit: 7 } })
  assert.deepEqual([memory, cpu, inForce], [{ checkBeforeUpdate: false }, {}, before])
})

test('a memory limit keeps memory+swap, and memory+swap the limit', () => {
  const before = { limit: '4096', swap: '8192' }
  assert.deepEqual(merge(before, { memory: { limit: 8192 } }).memory, {
    limit: 8192n,
    swap: 8192n,
    checkBeforeUpdate: false,
  })
  assert.deepEqual(merge(before, { memory: { swap: -1 } }).memory, {
    limit: 4096n,
    swap: -1n,
    checkBeforeUpdate: false,
  })
})

test('lifting the memory limit forgets memory+swap, unless that is given', () => {
  const before = { limit: '4096', swap: '8192' }
  const lifted = merge(before, { memory: { limit: -1 } })
  assert.deepEqual(lifted.memory, { limit: -1n, checkBeforeUpdate: false })
  assert.deepEqual(lifted.inForce, { limit: '-1' })
  assert.deepEqual(merge(before, { memory: { limit: -1, swap: 9000 } }).inForce, { limit: '-1', swap: '9000' })
})

test('becoming idle and ceasing to be forgets the shares, and staying as it is does not', () => {
  assert.deepEqual(merge({ shares: '512' }, { cpu: { idle: 1 } }).inForce, { idle: '1' })
  assert.deepEqual(merge({ shares: '512' }, { cpu: { idle: 0 } }).inForce, { shares: '512', idle: '0' })
  assert.deepEqual(merge({ idle: '1' }, { cpu: { idle: 0, shares: 7 } }).inForce, { idle: '0', shares: '7' })
})

test('writes no shares to a group that is idle and stays so', () => {
  assert.deepEqual(merge({ idle: '1' }, { cpu: { idle: 1, shares: 7 } }).cpu, { idle: 1n })
  assert.deepEqual(merge({ idle: '1' }, { cpu: { shares: 7 } }).cpu, { shares: 7n })
})

test('checkBeforeUpdate holds for later updates until it is given as false', () => {
  const before = { checkBeforeUpdate: true } as const
  assert.equal(merge(before, { memory: { limit: 4096 } }).memory.checkBeforeUpdate, true)
  const ended = merge(before, { memory: { limit: 4096, checkBeforeUpdate: false } }, true)
  assert.equal(ended.memory.checkBeforeUpdate, false)
  assert.deepEqual(ended.inForce, { limit: '4096' })
})
