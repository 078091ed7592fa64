// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { isPureV2, readCgroup } from '../../harness/cgroup-files.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { actAsUser, rootlessNeeds } from '../../harness/ordinary-user.ts'
import { cgroupV1, controller } from '../../harness/requires.ts'
import type { Call } from '../../harness/run-runtime.ts'
import { until } from '../../harness/until.ts'

const it = casesOf('events', { requires: ['memory', 'cpu', 'cpuset', 'pids'].map(controller) })

// biome-ignore lint/suspicious/noExplicitAny: what a runtime prints is only known by looking at it
type Printed = any

const linesOf = ({ stdout }: Call) => stdout.split('\n').slice(0, -1)
const typesOf = (call: Call) => linesOf(call).map((line) => (JSON.parse(line) as Printed).type as string)

async function stats(c: Case): Promise<Printed> {
  const call = await c.succeed(['events', '--stats', c.id()])
  assert.equal(call.stderr, '')
  const [line = '', ...rest] = linesOf(call)
  assert.deepEqual(rest, [])
  const event = JSON.parse(line) as Printed
  assert.deepEqual(Object.keys(event), ['type', 'id', 'data'])
  assert.deepEqual([event.type, event.id], ['stats', c.id()])
  return event.data
}

/** Starts `events` and waits until it watches, which it does once it has printed something. */
async function watching(c: Case, interval = '50ms'): Promise<{ call: Call; done: Promise<Call> }> {
  const started = c.start(['events', '--interval', interval, c.id()])
  await until(`a line from ${started.call}`, () => started.call.stdout.includes('\n'))
  return started
}

it('prints the statistics of a running container once', async (c) => {
  await c.createAndStart(c.bundle({ linux: { resources: { pids: { limit: 44 } } } }).probe('wait'))
  const data = await stats(c)
  assert.deepEqual(data.pids, { current: 1, limit: 44 })
  assert.ok(data.cpu.usage.total > 0)
  assert.ok(data.memory.usage.usage > 0)
})

/** The names of an object and of those in it, in their order, without what depends on the machine. */
function layout(value: Printed, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path]
  if (path === '.memory.raw' || path === '.hugetlb') return [path]
  const names = Object.keys(value).filter((name) => name !== 'psi')
  return names.length === 0 ? [path] : names.flatMap((name) => layout(value[name], `${path}.${name}`))
}

/** Left out while they are 0. */
const OPTIONAL =
  /^\.(cpu\.usage\.(total|percpu.*)|cpu\.throttling.*|memory\.cache|memory\.\w+\.(usage|max)|blkio.*|pids.*|cpuset\.(cpus|mems))$/

it('names and orders everything as runc does', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const expected = [
    '.cpu.usage.kernel',
    '.cpu.usage.user',
    ...['cpu_exclusive', 'mem_hardwall', 'mem_exclusive', 'memory_migrate', 'memory_spread_page'],
    ...['memory_spread_slab', 'memory_pressure', 'sched_load_balance', 'sched_relax_domain_level'],
    ...['usage', 'swap', 'kernel', 'kernelTCP'].flatMap((entry) => [
      `.memory.${entry}.limit`,
      `.memory.${entry}.failcnt`,
    ]),
    '.memory.raw',
    '.hugetlb',
    '.intel_rdt',
    '.network_interfaces',
  ].map((name) => (name.startsWith('.') ? name : `.cpuset.${name}`))
  const names = layout(await stats(c))
  assert.deepEqual(
    names.filter((name) => !OPTIONAL.test(name)),
    expected,
  )
})

it('counts as the kernel does', async (c) => {
  const resources = { memory: { limit: 67_108_864, reservation: 33_554_432 }, cpu: { quota: 50_000, period: 100_000 } }
  await c.createAndStart(c.bundle({ linux: { resources } }).probe('wait'))
  const { memory, cpu, cpuset } = await stats(c)
  assert.equal(memory.usage.limit, 67_108_864)
  assert.ok(memory.usage.usage <= memory.usage.limit)
  assert.ok(memory.swap.usage >= memory.usage.usage)
  const pid = await c.pid()
  const raw = readCgroup(pid, 'memory', 'memory.stat').split('\n')
  assert.deepEqual(Object.keys(memory.raw), raw.map((line) => line.split(' ')[0]).sort())
  if (isPureV2()) return
  assert.equal(cpu.usage.percpu.length, cpu.usage.percpu_kernel.length)
  assert.equal(cpu.usage.percpu.length, cpu.usage.percpu_user.length)
  const [first, last = first] = readCgroup(pid, 'cpuset', 'cpuset.cpus').split(/[-,]/).map(Number)
  assert.deepEqual([cpuset.cpus[0], cpuset.cpus.at(-1)], [first, last])
})

it('keeps every digit of a large counter', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const pid = await c.pid()
  const limit = isPureV2() ? '18446744073709551615' : readCgroup(pid, 'memory', 'memory.limit_in_bytes')
  const { stdout } = await c.succeed(['events', '--stats', c.id()])
  assert.ok(limit.length > 16 && stdout.includes(`"usage":{"limit":${limit},`), stdout)
})

it('prints statistics of a created container', async (c) => {
  await c.create(c.bundle().probe('wait'))
  assert.ok((await stats(c)).memory.usage.usage > 0)
})

it('prints statistics again and again', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const { call } = await watching(c, '20ms')
  await until(`three lines from ${call}`, () => linesOf(call).length >= 3)
  assert.deepEqual(new Set(typesOf(call)), new Set(['stats']))
  process.kill(call.pid, 'SIGKILL')
})

it('ends with status 0 when the container ends', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const { call, done } = await watching(c)
  await c.kill()
  await done
  assert.deepEqual([call.status, call.signal, call.stderr], [0, null, ''])
})

it('ends with status 0 when the container is deleted', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const { call, done } = await watching(c)
  await c.succeed(['delete', '--force', c.id()])
  await done
  assert.deepEqual([call.status, call.signal], [0, null])
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  it(`is ended by ${signal}, and the container goes on`, async (c) => {
    await c.createAndStart(c.bundle().probe('wait'))
    const { call, done } = await watching(c)
    process.kill(call.pid, signal)
    await done
    assert.ok(call.signal === signal || call.status !== null, String(call))
    assert.equal(call.stderr, '')
    assert.equal((await c.state()).status, 'running')
  })
}

it('ends when nobody reads any more', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  // The pipeline lasts until both have ended, and the long interval would keep whoever waits for a second line.
  const wrapper = ['sh', '-c', '"$@" | head -n 1 >/dev/null', 'sh']
  await c.succeed(['events', '--interval', '20ms', c.id()], { wrapper })
})

it('notices that nobody reads any more before there is anything to print', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  await c.succeed(['events', '--interval', '1h', c.id()], { wrapper: ['sh', '-c', '"$@" | true', 'sh'] })
})

const SMALL = { linux: { resources: { memory: { limit: 16_777_216, swap: 16_777_216 } } } }

it('tells that the container ran out of memory', async (c) => {
  const bundle = c.bundle(SMALL, { busybox: true })
  // The program that eats is killed; the one that started it goes on.
  await c.create(
    bundle.change({
      process: { args: ['/bin/sh', '-c', '/bin/probe eat 64; echo survived; exec /bin/probe wait'] },
    }),
  )
  const { call } = await watching(c)
  assert.deepEqual(new Set(typesOf(call)), new Set(['stats']))
  await c.succeed(['start', c.id()])
  await until(`an oom event from ${call}`, () => typesOf(call).includes('oom'))
  const line = linesOf(call).find((each) => each.includes('"oom"'))
  assert.equal(line, `{"type":"oom","id":"${c.id()}"}`)
  assert.equal((await c.state()).status, 'running')
  process.kill(call.pid, 'SIGKILL')
})

it('tells that the container ran out of memory when that ends it', async (c) => {
  await c.create(c.bundle(SMALL).probe('eat', '64'))
  const { call, done } = await watching(c)
  await c.succeed(['start', c.id()])
  await done
  assert.equal(call.status, 0, String(call))
  assert.ok(typesOf(call).includes('oom'), String(call))
})

it(
  'tells of no lack of memory when the container is deleted',
  async (c) => {
    await c.createAndStart(c.bundle(SMALL).probe('wait'))
    const { call, done } = await watching(c)
    await c.succeed(['delete', '--force', c.id()])
    await done
    assert.deepEqual(new Set(typesOf(call)), new Set(['stats']))
  },
  { requires: [cgroupV1] },
)

it('prints statistics of a paused container', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  await c.succeed(['pause', c.id()])
  assert.equal((await stats(c)).pids.current, 1)
  await c.succeed(['resume', c.id()])
})

it(
  'counts nothing where the container has no cgroups',
  async (c) => {
    const user = actAsUser(c)
    await c.createAndStart(user.bundle().probe('wait'))
    const data = await stats(c)
    assert.deepEqual([data.pids, data.memory.usage], [{}, { limit: 0, failcnt: 0 }])
  },
  { requires: rootlessNeeds },
)

for (const interval of ['0', '0s', '-1s']) {
  it(`refuses an interval of ${interval}`, async (c) => {
    await c.createAndStart(c.bundle().probe('wait'))
    await c.fail(['events', '--interval', interval, c.id()], ['duration interval must be greater than 0'])
  })
}

for (const interval of ['5', 'abc', '1d']) {
  it(`refuses "${interval}" as an interval`, async (c) => {
    await c.fail(['events', '--interval', interval, c.id()], ['for flag -interval: parse error'])
  })
}

it('refuses a container that has stopped, and one that does not exist', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  await c.kill()
  for (const flags of [[], ['--stats']]) {
    await c.fail(['events', ...flags, c.id()], [`container with id ${c.id()} is not running`])
  }
  await c.succeed(['delete', c.id()])
  await c.fail(['events', c.id()], ['container does not exist'])
})

it('refuses two containers and none', async (c) => {
  await c.fail(['events'], ['requires exactly 1 argument(s)'])
  await c.fail(['events', 'a', 'b'], ['requires exactly 1 argument(s)'])
})
