// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Linux, Process } from '@opencontainers/runtime-spec-types'
import { makeLinuxSpec, makeProcess, originsOf, stepsOf } from '../tools/make-spec.ts'
import * as memory from './plan-memory-policy.ts'
import * as scheduling from './plan-scheduling.ts'

function planProcess(changes: Partial<Process>) {
  return stepsOf((plan) => {
    scheduling.planScheduler(makeProcess(changes), plan)
    scheduling.planIoPriority(makeProcess(changes), plan)
  })
}

function planLinux(linux: Linux) {
  return stepsOf((plan) => {
    memory.planPersonality(makeLinuxSpec(linux).linux, plan)
    memory.planMemoryPolicy(makeLinuxSpec(linux).linux, plan)
  })
}

test('what nobody asks for is not planned', () => {
  assert.deepEqual([...planProcess({}), ...planLinux({})], [])
})

test('a scheduler without parameters has zeros, as sched_setattr(2) wants them', () => {
  const zeros = { nice: 0, priority: 0, flags: 0n, runtime: 0n, deadline: 0n, period: 0n }
  assert.deepEqual(planProcess({ scheduler: { policy: 'SCHED_IDLE' } }), [
    ['oversee', { op: 'set_scheduler', policy: 5, ...zeros }],
  ])
})

test('a scheduler keeps every digit, and its flags are one number', () => {
  const times = { runtime: 1024, deadline: 2048, period: 18446744073709551615n }
  const flags = ['SCHED_FLAG_RESET_ON_FORK', 'SCHED_FLAG_DL_OVERRUN', 'SCHED_FLAG_UTIL_CLAMP_MAX'] as const
  const bigints = { runtime: 1024n, deadline: 2048n, period: 18446744073709551615n }
  assert.deepEqual(planProcess({ scheduler: { policy: 'SCHED_DEADLINE', flags: [...flags], ...times } }), [
    ['oversee', { op: 'set_scheduler', policy: 6, nice: 0, priority: 0, flags: 0x45n, ...bigints }],
  ])
})

test('the I/O priority is 0 where the config has none', () => {
  const plan = (priority: object) => planProcess({ ioPriority: { class: 'IOPRIO_CLASS_BE', ...priority } })
  assert.deepEqual(plan({}), [['oversee', { op: 'set_io_priority', class: 2, priority: 0 }]])
  assert.deepEqual(plan({ priority: 7 }), [['oversee', { op: 'set_io_priority', class: 2, priority: 7 }]])
})

test('both personalities are set, and the usual one is one of them', () => {
  const domains = (['LINUX', 'LINUX32'] as const).map((domain) => planLinux({ personality: { domain } }))
  assert.deepEqual(domains, [
    [['seal', { op: 'set_personality', domain: 0 }]],
    [['seal', { op: 'set_personality', domain: 8 }]],
  ])
})

test('a memory policy has its flags in the mode and every node by its number', () => {
  const memoryPolicy = { mode: 'MPOL_BIND', nodes: '0-2, 7,1023', flags: ['MPOL_F_STATIC_NODES'] } as const
  const step = { op: 'set_memory_policy', mode: 2 | 0x8000, nodes: [0, 1, 2, 7, 1023] }
  assert.deepEqual(planLinux({ memoryPolicy: { ...memoryPolicy, flags: [...memoryPolicy.flags] } }), [['seal', step]])
  assert.deepEqual(planLinux({ memoryPolicy: { mode: 'MPOL_PREFERRED' } }), [
    ['seal', { op: 'set_memory_policy', mode: 1, nodes: [] }],
  ])
})

test('the CPUs of the caller are given up whatever execCPUAffinity says, which is for exec alone', () => {
  const steps = stepsOf((plan) => scheduling.planCpuAffinity(plan))
  assert.deepEqual(steps, [['born', { op: 'reset_cpu_affinity', tolerate: true }]])
  assert.deepEqual(planProcess({ execCPUAffinity: { initial: '0', final: '1' } }), [])
})

test('steps say which field they come from', () => {
  const process = makeProcess({
    scheduler: { policy: 'SCHED_RR', priority: 1 },
    ioPriority: { class: 'IOPRIO_CLASS_RT' },
  })
  const origins = originsOf((plan) => {
    scheduling.planScheduler(process, plan)
    scheduling.planIoPriority(process, plan)
  })
  assert.deepEqual(origins, ['/process/scheduler', '/process/ioPriority'])
})
