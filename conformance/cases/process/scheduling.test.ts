// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { userNamespace } from '../../harness/base-config.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import type { JsonObject } from '../../harness/json.ts'
import type { Scheduler } from '../../harness/probe.ts'

const it = casesOf('process')

/** In a cgroup v1 cpu group realtime policies need a budget, where the kernel has one. */
const budgetFile = '/sys/fs/cgroup/cpu/cpu.rt_runtime_us'
const budget = { cpu: { realtimePeriod: 1000000, realtimeRuntime: 10000 } }
const realtime: JsonObject = existsSync(budgetFile) ? { resources: budget } : {}
const twoCpus = () => (availableParallelism() > 1 ? undefined : 'needs two CPUs')

async function scheduler(c: Case, process: JsonObject, linux: JsonObject = {}) {
  const { scheduler } = await c.report(c.bundle({ process, linux }), ['scheduler'])
  assert.equal(scheduler.error, null)
  return scheduler
}

const policies = [
  ['SCHED_OTHER with a nice value', { policy: 'SCHED_OTHER', nice: 7 }, { policy: 0, nice: 7 }],
  ['SCHED_OTHER with a negative nice value', { policy: 'SCHED_OTHER', nice: -7 }, { policy: 0, nice: -7 }],
  ['SCHED_BATCH', { policy: 'SCHED_BATCH', nice: 3 }, { policy: 3, nice: 3 }],
  ['SCHED_IDLE', { policy: 'SCHED_IDLE' }, { policy: 5 }],
  ['SCHED_FIFO', { policy: 'SCHED_FIFO', priority: 5 }, { policy: 1, priority: 5 }],
  [
    'SCHED_RR that children do not inherit',
    { policy: 'SCHED_RR', priority: 99, flags: ['SCHED_FLAG_RESET_ON_FORK'] },
    { policy: 2, priority: 99, flags: 1 },
  ],
  [
    'SCHED_DEADLINE',
    { policy: 'SCHED_DEADLINE', runtime: 1000000, deadline: 50000000, period: 100000000 },
    { policy: 6, runtime: 1000000, deadline: 50000000, period: 100000000 },
  ],
] as const

function withoutTimes({ runtime: _, deadline: __, period: ___, ...rest }: Partial<Scheduler>): Partial<Scheduler> {
  return rest
}

for (const [sentence, asked, expected] of policies) {
  it(`sets the scheduler ${sentence}`, async (c) => {
    const found = await scheduler(c, { scheduler: asked as unknown as JsonObject }, realtime)
    const { policy, nice, priority, flags } = found
    assert.deepEqual({ policy, nice, priority, flags }, { nice: 0, priority: 0, flags: 0, ...withoutTimes(expected) })
    // Since Linux 6.12 the runtime of other policies is their time slice.
    if (policy === 6) assert.deepEqual({ ...found, ...expected }, found)
  })
}

it('sets a realtime scheduler in a user namespace too', async (c) => {
  const linux = { ...realtime, ...userNamespace() }
  const found = await scheduler(c, { scheduler: { policy: 'SCHED_FIFO', priority: 1 } }, linux)
  assert.equal(found.policy, 1)
})

it('leaves the scheduler of the caller alone without one in the config', async (c) => {
  const { policy, nice } = await scheduler(c, {})
  assert.deepEqual({ policy, nice }, { policy: 0, nice: 0 })
})

it(
  'says what a realtime scheduler needs in a cgroup without a budget',
  async (c) => {
    const bundle = c.bundle({ process: { scheduler: { policy: 'SCHED_FIFO', priority: 5 } } })
    await c.refuses(bundle, '/process/scheduler', 'EPERM', 'realtimeRuntime')
  },
  { requires: [() => (existsSync(budgetFile) ? undefined : 'needs realtime budgets of cgroup v1')] },
)

it('refuses a scheduler that no kernel has', async (c) => {
  await c.refuses(c.bundle({ process: { scheduler: { policy: 'SCHED_ISO' } } }), '/process/scheduler', 'EINVAL')
})

const unfit = [
  ['a priority without a realtime policy', { policy: 'SCHED_OTHER', priority: 1 }],
  ['a nice value beyond 19', { policy: 'SCHED_OTHER', nice: 20 }],
  ['a runtime without SCHED_DEADLINE', { policy: 'SCHED_BATCH', runtime: 1 }],
  ['a policy it does not know', { policy: 'SCHED_FAIR' }],
  ['a flag it does not know', { policy: 'SCHED_OTHER', flags: ['SCHED_FLAG_NONE'] }],
] as const
for (const [sentence, asked] of unfit) {
  it(
    `refuses a scheduler with ${sentence}`,
    async (c) => {
      await c.refuses(c.bundle({ process: { scheduler: asked as unknown as JsonObject } }))
    },
    { control: true },
  )
}

for (const [name, number, priority] of [
  ['IOPRIO_CLASS_RT', 1, 0],
  ['IOPRIO_CLASS_BE', 2, 7],
  ['IOPRIO_CLASS_IDLE', 3, 0],
] as const) {
  it(`sets the I/O priority class ${name}`, async (c) => {
    const { ioClass, ioPriority } = await scheduler(c, { ioPriority: { class: name, priority } })
    assert.deepEqual([ioClass, ioPriority], [number, priority])
  })
}

it('refuses an I/O priority beyond 7', async (c) => {
  const process = { ioPriority: { class: 'IOPRIO_CLASS_BE', priority: 8 } }
  await c.refuses(c.bundle({ process }), '/process/ioPriority/priority')
})

for (const [domain, number] of [
  ['LINUX', 0],
  ['LINUX32', 8],
] as const) {
  it(`sets the personality ${domain}`, async (c) => {
    const bundle = c.bundle({ linux: { personality: { domain } } })
    assert.equal((await c.report(bundle, ['personality'])).personality, number)
  })
}

it('refuses personality flags, of which none is defined', async (c) => {
  const bundle = c.bundle({ linux: { personality: { domain: 'LINUX', flags: ['ADDR_NO_RANDOMIZE'] } } })
  await c.refuses(bundle, '/linux/personality/flags')
})

const memoryPolicies = [
  ['MPOL_DEFAULT', { mode: 'MPOL_DEFAULT' }, 0, []],
  ['MPOL_LOCAL', { mode: 'MPOL_LOCAL' }, 4, []],
  ['MPOL_PREFERRED', { mode: 'MPOL_PREFERRED', nodes: '0' }, 1, [0]],
  ['MPOL_BIND', { mode: 'MPOL_BIND', nodes: '0' }, 2, [0]],
  ['MPOL_BIND with static nodes', { mode: 'MPOL_BIND', nodes: '0', flags: ['MPOL_F_STATIC_NODES'] }, 2 | 0x8000, [0]],
  ['MPOL_INTERLEAVE', { mode: 'MPOL_INTERLEAVE', nodes: '0-0' }, 3, [0]],
  [
    'MPOL_INTERLEAVE with relative nodes',
    { mode: 'MPOL_INTERLEAVE', nodes: '0', flags: ['MPOL_F_RELATIVE_NODES'] },
    3 | 0x4000,
    [0],
  ],
  ['MPOL_PREFERRED_MANY', { mode: 'MPOL_PREFERRED_MANY', nodes: '0' }, 5, [0]],
] as const
for (const [sentence, memoryPolicy, mode, nodes] of memoryPolicies) {
  it(`sets the memory policy ${sentence}`, async (c) => {
    const bundle = c.bundle({ linux: { memoryPolicy: memoryPolicy as unknown as JsonObject } })
    assert.deepEqual((await c.report(bundle, ['memory-policy']))['memory-policy'], { error: null, mode, nodes })
  })
}

it('names the memory policy when the kernel does not have the node', async (c) => {
  const bundle = c.bundle({ linux: { memoryPolicy: { mode: 'MPOL_BIND', nodes: '1023' } } })
  await c.refuses(bundle, '/linux/memoryPolicy', 'EINVAL', 'cpu.mems')
})

it(
  'gives the container every CPU although the caller has one',
  async (c) => {
    const { affinity } = await c.report(c.bundle(), ['affinity'], { wrapper: c.wrapper('pin', '0') })
    assert.equal(affinity.length, availableParallelism())
  },
  { requires: [twoCpus] },
)

it(
  'keeps the container to the CPUs of its cgroup although the caller has another',
  async (c) => {
    const bundle = c.bundle({ linux: { resources: { cpu: { cpus: '1' } } } })
    const { affinity } = await c.report(bundle, ['affinity'], { wrapper: c.wrapper('pin', '0') })
    assert.deepEqual(affinity, [1])
  },
  { requires: [twoCpus] },
)

it(
  'keeps execCPUAffinity for exec and does not apply it to the container',
  async (c) => {
    const execCPUAffinity = { initial: '0', final: '0' }
    const report = await c.reportAndWait(c.bundle({ process: { execCPUAffinity } }), ['affinity'])
    assert.equal(report.affinity.length, availableParallelism())
    const record = JSON.parse(readFileSync(join(c.root, c.id(), 'state.json'), 'utf8'))
    assert.deepEqual(record.execCPUAffinity, execCPUAffinity)
  },
  { requires: [twoCpus] },
)

it('refuses an execCPUAffinity that is no list of CPUs', async (c) => {
  const bundle = c.bundle({ process: { execCPUAffinity: { final: '3-1' } } })
  await c.refuses(bundle, '/process/execCPUAffinity/final')
})

it('ignores the size of a console that nobody asked for', async (c) => {
  const { tty } = await c.report(c.bundle({ process: { consoleSize: { height: 25, width: 80 } } }), ['tty'])
  assert.deepEqual(tty, [false, false, false])
})
