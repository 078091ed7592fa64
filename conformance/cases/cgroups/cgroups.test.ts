// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupDirectoryOf, cgroupMounts, isPureV2, readCgroup } from '../../harness/cgroup-files.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { cgroupsOf, processesOf } from '../../harness/host-snapshot.ts'
import type { Json } from '../../harness/json.ts'
import { cgroupV1, controller } from '../../harness/requires.ts'

const it = casesOf('cgroups')

// The parents of a cgroupsPath may be anybody's: a runtime need not remove them.
/** A running container with these resources, and its pid. */
async function running(c: Case, resources: Json, linux: { [key: string]: Json } = {}): Promise<number> {
  const bundle = c.bundle({ linux: { ...linux, resources } })
  await c.createAndStart(bundle.probe('wait'))
  return c.pid()
}

it('puts the container at an absolute cgroupsPath in every hierarchy', async (c) => {
  c.keepsEmptyCgroups = true
  const cgroupsPath = `/${c.token}/of/the/container`
  const pid = await running(c, {}, { cgroupsPath })
  for (const mount of cgroupMounts().filter((each) => isPureV2() || each.version === 1)) {
    const name = mount.controllers[0] ?? ''
    if (name === 'systemd') continue
    assert.equal(cgroupDirectoryOf(pid, name), join(mount.path, cgroupsPath))
  }
})

it('removes the cgroup it made with delete', async (c) => {
  const cgroupsPath = `/${c.token}`
  await running(c, {}, { cgroupsPath })
  assert.ok(cgroupsOf(c.token).length > 0)
  await c.kill()
  await c.succeed(['delete', c.id()])
  assert.deepEqual(cgroupsOf(c.token), [])
})

it('removes cgroups that the container made below its own', async (c) => {
  const pid = await running(c, {}, { cgroupsPath: `/${c.token}` })
  const child = join(cgroupDirectoryOf(pid, 'memory'), 'child', 'grandchild')
  mkdirSync(child, { recursive: true })
  await c.kill()
  await c.succeed(['delete', c.id()])
  assert.deepEqual(cgroupsOf(c.token), [])
})

it('leaves a parent cgroup that it did not make', async (c) => {
  const parents = cgroupMounts().map((mount) => join(mount.path, c.token))
  for (const parent of parents) mkdirSync(parent, { recursive: true })
  await running(c, {}, { cgroupsPath: `/${c.token}/child` })
  await c.kill()
  await c.succeed(['delete', c.id()])
  for (const parent of parents) assert.ok(existsSync(parent), parent)
  assert.deepEqual(cgroupsOf(c.token).sort(), parents.sort())
  for (const parent of parents) rmdirSync(parent)
})

it('puts the container at the same place for the same relative cgroupsPath', async (c) => {
  c.keepsEmptyCgroups = true
  const place = async (id: string) => {
    const bundle = c.bundle({ linux: { cgroupsPath: `${c.token}/${id}` } })
    await c.createAndStart(bundle.probe('wait'), c.id(id))
    return cgroupDirectoryOf(await c.pid(c.id(id)), 'memory').replace(id, 'ID')
  }
  assert.equal(await place('one'), await place('two'))
})

it('uses the container id without a cgroupsPath', async (c) => {
  const pid = await running(c, {})
  assert.ok(cgroupDirectoryOf(pid, 'memory').endsWith(`/${c.id()}`))
})

it(
  'limits memory',
  async (c) => {
    const pid = await running(c, { memory: { limit: 33554432, reservation: 16777216 } })
    assert.equal(readCgroup(pid, 'memory', 'memory.limit_in_bytes', 'memory.max'), '33554432')
    assert.equal(readCgroup(pid, 'memory', 'memory.soft_limit_in_bytes', 'memory.low'), '16777216')
  },
  { requires: [controller('memory')] },
)

it(
  'kills a container that exceeds its memory',
  async (c) => {
    const bundle = c.bundle({ linux: { resources: { memory: { limit: 16777216 } } } }).probe('eat', '64')
    const call = await c.runtime(['run', '--bundle', bundle.path, c.id()])
    assert.equal(call.status, 137, String(call))
    assert.equal(call.stdout, '')
  },
  { requires: [controller('memory')] },
)

it(
  'runs a container within its memory',
  async (c) => {
    const bundle = c.bundle({ linux: { resources: { memory: { limit: 67108864 } } } }).probe('eat', '8')
    assert.equal((await c.succeed(['run', '--bundle', bundle.path, c.id()])).stdout, 'eaten\n')
  },
  { requires: [controller('memory')] },
)

it(
  'takes -1 as no memory limit',
  async (c) => {
    const pid = await running(c, { memory: { limit: -1 } })
    const value = readCgroup(pid, 'memory', 'memory.limit_in_bytes', 'memory.max')
    assert.ok(value === 'max' || BigInt(value) > 2n ** 60n, value)
  },
  { requires: [controller('memory')] },
)

it(
  'limits CPU by quota and period',
  async (c) => {
    const pid = await running(c, { cpu: { quota: 25000, period: 50000 } })
    if (isPureV2()) assert.equal(readCgroup(pid, 'cpu', '', 'cpu.max'), '25000 50000')
    else {
      assert.equal(readCgroup(pid, 'cpu', 'cpu.cfs_quota_us'), '25000')
      assert.equal(readCgroup(pid, 'cpu', 'cpu.cfs_period_us'), '50000')
    }
  },
  { requires: [controller('cpu')] },
)

it(
  'weighs CPU by shares',
  async (c) => {
    const pid = await running(c, { cpu: { shares: 1024 } })
    assert.equal(readCgroup(pid, 'cpu', 'cpu.shares', 'cpu.weight'), isPureV2() ? '100' : '1024')
  },
  { requires: [controller('cpu')] },
)

it(
  'binds to CPUs and memory nodes',
  async (c) => {
    const pid = await running(c, { cpu: { cpus: '0', mems: '0' } })
    assert.equal(readCgroup(pid, 'cpuset', 'cpuset.cpus'), '0')
    assert.equal(readCgroup(pid, 'cpuset', 'cpuset.mems'), '0')
  },
  { requires: [controller('cpuset')] },
)

it(
  'limits the number of processes',
  async (c) => {
    const bundle = c.bundle({ linux: { resources: { pids: { limit: 5 } } } }).probe('fork', '10')
    const call = await c.succeed(['run', '--bundle', bundle.path, c.id()])
    assert.deepEqual(JSON.parse(call.stdout), { children: 4, again: true })
  },
  { requires: [controller('pids')] },
)

it(
  'takes -1 as no limit of processes',
  async (c) => {
    const pid = await running(c, { pids: { limit: -1 } })
    assert.equal(readCgroup(pid, 'pids', 'pids.max'), 'max')
  },
  { requires: [controller('pids')] },
)

it(
  'limits nothing without resources',
  async (c) => {
    const pid = await running(c, null)
    assert.equal(readCgroup(pid, 'pids', 'pids.max'), 'max')
  },
  { requires: [controller('pids')] },
)

it('counts one process between create and start', async (c) => {
  await c.create(c.bundle().probe('wait'))
  const pid = await c.pid()
  assert.equal(readCgroup(pid, 'memory', 'cgroup.procs'), String(pid))
})

it('refuses a cgroup that holds processes', async (c) => {
  await running(c, {}, { cgroupsPath: `/${c.token}` })
  const second = c.bundle({ linux: { cgroupsPath: `/${c.token}` } }).probe('exit', '0')
  const before = processesOf(c.token)
  await c.fail(['create', '--bundle', second.path, c.id('second')], ["container's cgroup is not empty"])
  assert.deepEqual(processesOf(c.token), before)
  assert.equal((await c.state()).status, 'running')
})

it(
  'refuses a cgroup that is frozen',
  async (c) => {
    const directory = join('/sys/fs/cgroup/freezer', c.token)
    mkdirSync(directory)
    writeFileSync(join(directory, 'freezer.state'), 'FROZEN')
    const bundle = c.bundle({ linux: { cgroupsPath: `/${c.token}` } }).probe('exit', '0')
    await c.fail(['create', '--bundle', bundle.path, c.id()], ["container's cgroup unexpectedly frozen"])
    assert.deepEqual(processesOf(c.token), [])
    writeFileSync(join(directory, 'freezer.state'), 'THAWED')
    rmdirSync(directory)
  },
  { requires: [cgroupV1] },
)

for (const [sentence, resources, pattern] of [
  ['a CPU list that is none', { cpu: { cpus: 'zero' } }, /cpuset\.cpus|cpus/],
  ['a CPU this machine does not have', { cpu: { cpus: '1000' } }, /cpuset\.cpus|cpus/],
  ['a period that the kernel does not take', { cpu: { period: 1, quota: 1 } }, /cpu\.cfs|cpu\.max|period|quota/],
  ['a memory limit that no process fits in', { memory: { limit: 4096 } }, /./],
] as const) {
  it(`refuses ${sentence}, and leaves no cgroup`, async (c) => {
    await c.refuses(c.bundle({ linux: { resources, cgroupsPath: `/${c.token}` } }), pattern)
  })
}

it('kills the whole cgroup of a container without a pid namespace', async (c) => {
  const namespaces = [{ type: 'mount' }, { type: 'uts' }, { type: 'ipc' }, { type: 'network' }]
  const args = ['sh', '-c', 'busybox sleep 1000 & busybox sleep 1001 & echo started; wait']
  const bundle = c.bundle({ process: { args }, linux: { namespaces } }, { busybox: true })
  const call = await c.createAndStart(bundle)
  await call.outputLine('started')
  await c.succeed(['delete', '--force', c.id()])
  assert.deepEqual(processesOf(c.token), [])
  assert.deepEqual(cgroupsOf(c.token), [])
})
