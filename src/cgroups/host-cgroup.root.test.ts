// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Resources } from '@opencontainers/runtime-spec-types'
import { isRuntimeError } from '../errors/runtime-error.ts'
import { settleResources } from '../spec/settle/settle-resources.ts'
import { attachDeviceProgram, attachedDevicePrograms, loadDeviceProgram } from '../sys/bpf.ts'
import { waitReadable } from '../sys/poll.ts'
import type { CgroupManager } from './cgroup-manager.ts'
import { resolveDeviceAccess } from './device-access.ts'
import { createCgroup, isCgroupFrozen, openCgroup } from './host-cgroup.ts'
import { readCgroupFacts } from './host-cgroup-facts.ts'
import { claimOf, unclaimed } from './host-claim.ts'
import { noteMissingParents } from './host-missing-parents.ts'
import { watchOom } from './host-oom-watch.ts'
import { removeAbandoned, removeCgroups } from './host-remove-cgroups.ts'
import { type CgroupPlacement, placeCgroup, placedCgroups } from './place-cgroup.ts'
import { planLimits, planResources } from './plan-resources.ts'
import { compileDeviceFilter } from './v2/device-filter.ts'

const facts = readCgroupFacts()
const hasV1 = (controller: string) => facts.hierarchies.some(({ controllers }) => controllers.includes(controller))
const BASE = `/runts-test-${process.pid}`
const needsV1 = hasV1('memory') && hasV1('cpu') ? false : 'needs v1 controllers'

const placements: CgroupPlacement[] = []
const children: ChildProcess[] = []

function place(name: string): CgroupPlacement {
  const placement = noteMissingParents(placeCgroup(`${BASE}/${name}`, 'unused', facts))
  placements.push(placement)
  return placement
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const placement of placements.splice(0)) {
    openCgroup(placement).kill()
    openCgroup(placement).destroy()
  }
  for (const { mountpoint } of placedCgroups(placeCgroup('/x', 'x', facts))) {
    assert.equal(existsSync(`${mountpoint}${BASE}`), false, `${mountpoint}${BASE} is left behind`)
  }
})

function directoryOf({ placement }: CgroupManager, controller: string): string {
  const cgroup = placement.hierarchies.find(({ controllers }) => controllers.includes(controller)) ?? placement.unified
  return cgroup?.directory ?? assert.fail(`no ${controller} cgroup`)
}

function readBack(cgroup: CgroupManager, controller: string, file: string): string {
  return readFileSync(`${directoryOf(cgroup, controller)}/${file}`, 'utf8').trim()
}

/** A shell that first enters all cgroups as the shim does, then runs the script. */
function enterAndRun({ entrance }: CgroupManager, script: string): string[] {
  const files = [...entrance.enterFiles, ...(entrance.cloneInto ? [`${entrance.cloneInto}/cgroup.procs`] : [])]
  return ['-c', `for file; do echo 0 > "$file" || exit 99; done; ${script}`, 'sh', ...files]
}

async function startInside(cgroup: CgroupManager, script: string): Promise<ChildProcess> {
  const child = spawn('sh', enterAndRun(cgroup, `echo entered; ${script}`), { stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(child)
  await once(child.stdout ?? assert.fail(), 'data')
  return child
}

const limits = (resources: Resources) => ({ writes: planLimits(settleResources(resources), facts.mode) })

const isThere = (placement: CgroupPlacement) => placedCgroups(placement).map(({ directory }) => existsSync(directory))

test('takes no cgroup for its own that was there before, and after a killed create removes what was not', async () => {
  const placement = place('taken')
  const child = await startInside(createCgroup(placement), 'exec sleep 1000')
  const latecomer = openCgroup(unclaimed(placement))
  assert.deepEqual(latecomer.pids(), [])
  latecomer.kill()
  latecomer.destroy()
  assert.deepEqual([child.exitCode, child.signalCode], [null, null])
  assert.ok(isThere(placement).every(Boolean))

  const abandoned = unclaimed(place('abandoned'))
  createCgroup(abandoned)
  openCgroup(abandoned).destroy()
  assert.ok(!isThere(abandoned).some(Boolean))
})

test('has a unit ended that nobody lives in, and none where somebody does or did before', async () => {
  const { placement, ...cgroup } = createCgroup(place('deserted'))
  const ofUnit = { ...placement, unit: { instance: 'system', name: 'deserted.scope', slice: 'system.slice' } } as const
  const ended: string[] = []
  const child = await startInside({ placement, ...cgroup }, 'exec sleep 1000')
  removeAbandoned(ofUnit, [], () => ended.push('inhabited'))
  child.kill('SIGKILL')
  await once(child, 'exit')
  const all = placedCgroups(placement).map(({ directory }) => directory)
  removeAbandoned(ofUnit, all, () => ended.push('of another'))
  removeAbandoned(ofUnit, [], () => {
    ended.push('deserted')
    removeCgroups(placement)
  })
  assert.deepEqual(ended, ['deserted'])
})

test('knows a cgroup that others have made in the place of its own', async () => {
  const placement = place('again')
  const own = createCgroup(unclaimed(placement)).claimed()
  assert.equal(claimOf(own), 'own')
  openCgroup(own).destroy()
  assert.equal(claimOf(own), 'gone')
  const child = await startInside(createCgroup(placement), 'exec sleep 1000')
  assert.equal(claimOf(own), 'another')
  openCgroup(own).kill()
  openCgroup(own).destroy()
  assert.deepEqual([child.exitCode, child.signalCode], [null, null])
  assert.ok(isThere(placement).every(Boolean))
})

test('makes a cgroup in every hierarchy, lets a process in and leaves nothing', () => {
  const placement = place('a/b')
  const cgroup = createCgroup(placement)
  const seen = spawnSync('sh', enterAndRun(cgroup, 'cat /proc/self/cgroup'), { encoding: 'utf8' })
  assert.equal(seen.status, 0)
  const lines = seen.stdout.trim().split('\n')
  assert.equal(lines.filter((line) => line.endsWith(`:${BASE}/a/b`)).length, placedCgroups(placement).length)
  cgroup.destroy()
  for (const { directory } of placedCgroups(placement)) assert.equal(existsSync(directory), false)
})

test('the kernel reports the limits that were asked for', { skip: needsV1 }, () => {
  const cgroup = createCgroup(place('limits'))
  cgroup.apply(
    limits({
      memory: { limit: 33_554_432, swap: 67_108_864, reservation: 16_777_216, swappiness: 10 },
      cpu: { shares: 512, quota: 20_000, period: 50_000, burst: 5_000, cpus: '0', mems: '0' },
      pids: { limit: 33 },
    }),
  )
  const actual = [
    ['memory', 'memory.limit_in_bytes'],
    ['memory', 'memory.memsw.limit_in_bytes'],
    ['memory', 'memory.soft_limit_in_bytes'],
    ['memory', 'memory.swappiness'],
    ['cpu', 'cpu.shares'],
    ['cpu', 'cpu.cfs_quota_us'],
    ['cpu', 'cpu.cfs_period_us'],
    ['cpu', 'cpu.cfs_burst_us'],
    ['cpuset', 'cpuset.cpus'],
    ['cpuset', 'cpuset.mems'],
    ['pids', 'pids.max'],
  ].map(([controller = '', file = '']) => readBack(cgroup, controller, file))
  assert.deepEqual(actual, ['33554432', '67108864', '16777216', '10', '512', '20000', '50000', '5000', '0', '0', '33'])
})

test('limits can rise and fall together whatever they were before', { skip: needsV1 }, () => {
  const cgroup = createCgroup(place('order'))
  const steps: [limit: number, swap: number, quota: number, burst: number][] = [
    [16_777_216, 33_554_432, 10_000, 5_000],
    [67_108_864, 134_217_728, 50_000, 40_000],
    [8_388_608, 8_388_608, 5_000, 1_000],
    [-1, -1, 20_000, 20_000],
  ]
  for (const [limit, swap, quota, burst] of steps) {
    cgroup.apply(limits({ memory: { limit, swap }, cpu: { quota, burst } }))
    assert.equal(readBack(cgroup, 'cpu', 'cpu.cfs_burst_us'), String(burst))
    if (limit > 0) assert.equal(readBack(cgroup, 'memory', 'memory.memsw.limit_in_bytes'), String(swap))
  }
})

test('names the pointer, the path and the errno of a value that the kernel refuses', { skip: needsV1 }, () => {
  const cgroup = createCgroup(place('refused'))
  assert.throws(
    () => cgroup.apply(limits({ cpu: { cpus: '4096' } })),
    (error) =>
      isRuntimeError(error) &&
      error.code === 'CGROUP_FAILED' &&
      error.details.pointer === '/linux/resources/cpu/cpus' &&
      error.details.path === `${directoryOf(cgroup, 'cpuset')}/cpuset.cpus` &&
      /^E[A-Z]+$/.test(error.details.errno ?? ''),
  )
})

test('says the current and the peak usage when a memory limit is too low', { skip: needsV1 }, async () => {
  const cgroup = createCgroup(place('busy'))
  await startInside(cgroup, 'exec sleep 60')
  assert.throws(() => cgroup.apply(limits({ memory: { limit: 1 } })), {
    message: /^unable to set memory limit to 1 \(current usage: \d+, peak usage: \d+\)$/,
  })
})

for (const [sentence, command, expected] of [
  ['tells of a lack of memory after the cgroup is gone', 'tail /dev/zero', true],
  ['tells of no lack of memory when a cgroup is removed', 'sleep 60', false],
] as const) {
  test(sentence, { skip: needsV1 }, async () => {
    const cgroup = createCgroup(place('hungry'))
    cgroup.apply(limits({ memory: { limit: 4_194_304, swap: 4_194_304 } }))
    const watch = watchOom(cgroup.placement) ?? assert.fail('no memory cgroup')
    const child = spawn('sh', enterAndRun(cgroup, `exec ${command}`), { stdio: 'ignore' })
    children.push(child)
    if (!expected) child.kill('SIGKILL')
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL'])
    // As systemd does as soon as it is empty.
    cgroup.destroy()
    if (!expected) assert.ok(waitReadable(watch.request.fd, 10_000), 'the removal is told')
    assert.equal(watch.take(), expected)
    assert.equal(watch.take(), false)
    watch.close()
  })
}

test('says which controller a limit would need that this host does not have', () => {
  const cgroup = createCgroup(place('missing'))
  const write = { controller: 'imaginary', file: 'imaginary.max', value: '1', pointer: '/linux/resources/x' }
  assert.throws(
    () => cgroup.apply({ writes: [write] }),
    (error) =>
      isRuntimeError(error) && error.details.pointer === '/linux/resources/x' && error.details.hint !== undefined,
  )
})

test('a process feels the device rules of v1', { skip: needsV1 }, () => {
  const cgroup = createCgroup(place('devices'))
  const devices = [{ allow: true, type: 'c' as const, major: 1, minor: 11, access: 'r' }]
  cgroup.apply(planResources(settleResources({ devices }), facts))
  assert.deepEqual(openDevices(cgroup), ['null rw', 'kmsg r'])
})

test('a process feels the device filter of v2', { skip: facts.unified ? false : 'needs cgroup v2' }, () => {
  const cgroup = createCgroup(place('filter'))
  const devices = [{ allow: true, type: 'c' as const, major: 1, minor: 11, access: 'r' }]
  const deviceFilter = compileDeviceFilter(resolveDeviceAccess(settleResources({ devices }).devices))
  cgroup.apply({ writes: [], deviceFilter })
  assert.deepEqual(openDevices(cgroup), ['null rw', 'kmsg r'])
})

test('the kernel accepts the filter that denies single devices and feels it', { skip: !facts.unified }, () => {
  const cgroup = createCgroup(place('denials'))
  const devices = [
    { allow: true, access: 'rwm' },
    { allow: false, type: 'c' as const, major: 1, minor: 11, access: 'w' },
  ]
  const deviceFilter = compileDeviceFilter(resolveDeviceAccess(settleResources({ devices }).devices))
  cgroup.apply({ writes: [], deviceFilter })
  assert.deepEqual(openDevices(cgroup), ['null rw', 'kmsg r'])
})

test('a new device filter takes the place of those before it', { skip: !facts.unified }, () => {
  const cgroup = createCgroup(place('replaced'))
  const kmsg = (access: string) => {
    const rules = settleResources({ devices: [{ allow: true, type: 'c', major: 1, minor: 11, access }] }).devices
    return { writes: [], deviceFilter: compileDeviceFilter(resolveDeviceAccess(rules)) }
  }
  const directory = cgroup.placement.unified?.directory ?? assert.fail()
  const attached = () => withDirectory(directory, attachedDevicePrograms)
  cgroup.apply(kmsg('r'))
  const [first] = attached()
  cgroup.apply(kmsg('w'))
  assert.deepEqual(openDevices(cgroup), ['null rw', 'kmsg w'])
  assert.equal(attached().length, 1)
  assert.notEqual(attached()[0], first)

  const another = loadDeviceProgram(kmsg('r').deviceFilter, 'Apache')
  withDirectory(directory, (fd) => attachDeviceProgram(fd, another.number))
  another.close()
  assert.equal(attached().length, 2)
  cgroup.apply(kmsg('rw'))
  assert.equal(attached().length, 1)
  assert.deepEqual(openDevices(cgroup), ['null rw', 'kmsg r', 'kmsg w'])
})

function withDirectory<T>(path: string, act: (fd: number) => T): T {
  const fd = openSync(path, 'r')
  try {
    return act(fd)
  } finally {
    closeSync(fd)
  }
}

/** What opens: /dev/null to read and write, /dev/kmsg (1:11), which is no default device, to read and to write. */
function openDevices(cgroup: CgroupManager): string[] {
  const script = `
    (: <>/dev/null) 2>/dev/null && echo null rw
    (: </dev/kmsg) 2>/dev/null && echo kmsg r
    (: >/dev/kmsg) 2>/dev/null && echo kmsg w
    true`
  const { stdout, status } = spawnSync('sh', enterAndRun(cgroup, script), { encoding: 'utf8' })
  assert.equal(status, 0)
  return stdout.trim().split('\n')
}

test('kills every process of a cgroup and its sub-cgroups, removes it and waits for the dying', async () => {
  const cgroup = createCgroup(place('kill'))
  const [first] = placedCgroups(cgroup.placement)
  mkdirSync(`${first?.directory}/sub`)
  const child = await startInside(cgroup, 'sleep 60 & sleep 60 & wait')
  const exit = once(child, 'exit')
  // The shell may not have started both yet; the deadline only bounds a hang.
  for (const end = Date.now() + 10_000; cgroup.pids().length < 3 && Date.now() < end; ) await sleep(5)
  assert.equal(cgroup.pids().length, 3)
  assert.equal(cgroup.isEmpty(), false)
  cgroup.kill()
  cgroup.destroy()
  assert.deepEqual(cgroup.pids(), [])
  assert.deepEqual(await exit, [null, 'SIGKILL'])
})

test('lists processes in sub-cgroups of the first hierarchy', async () => {
  const cgroup = createCgroup(place('nested'))
  const [first] = placedCgroups(cgroup.placement)
  const child = await startInside(cgroup, 'exec sleep 60')
  mkdirSync(`${first?.directory}/sub`)
  writeFileSync(`${first?.directory}/sub/cgroup.procs`, String(child.pid))
  assert.deepEqual(cgroup.pids(), [child.pid])
})

test('freezes and thaws, and a frozen process dies when killed', async () => {
  const placement = place('freeze')
  const cgroup = createCgroup(placement)
  const child = await startInside(cgroup, 'exec sleep 60')
  const exit = once(child, 'exit')
  assert.equal(isCgroupFrozen(placement), false)
  cgroup.freeze()
  assert.equal(isCgroupFrozen(placement), true)
  cgroup.thaw()
  assert.equal(cgroup.isFrozen(), false)
  cgroup.freeze()
  cgroup.kill()
  assert.deepEqual(await exit, [null, 'SIGKILL'])
})

test('kills one by one where there is no unified hierarchy', { skip: needsV1 }, async () => {
  const { unified: _, ...v1 } = place('v1-only')
  const cgroup = createCgroup(v1)
  const child = await startInside(cgroup, 'sleep 60 & wait')
  const exit = once(child, 'exit')
  cgroup.freeze()
  cgroup.kill()
  assert.deepEqual(await exit, [null, 'SIGKILL'])
})

for (const [how, without] of [
  ['frozen', []],
  ['without a freezer', ['freezer']],
] as const) {
  test(`ends what forks all the time one by one, ${how}`, { skip: needsV1 }, async () => {
    const { unified: _, hierarchies, ...rest } = place(`bomb-${without.length}`)
    const kept = hierarchies.filter(({ controllers }) => !without.some((name) => controllers.includes(name)))
    const cgroup = createCgroup({ ...rest, hierarchies: kept })
    const script = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do (while :; do (:); done) & done; wait'
    const child = await startInside(cgroup, script)
    const exit = once(child, 'exit')
    let most = 0
    for (const end = Date.now() + 10_000; most < 13 && Date.now() < end; most = cgroup.pids().length) await sleep(1)
    assert.ok(most >= 13)
    cgroup.kill()
    assert.deepEqual(await exit, [null, 'SIGKILL'])
    cgroup.destroy()
    assert.deepEqual(cgroup.pids(), [])
  })
}

test('refuses a cgroup that has processes', async () => {
  const placement = place('occupied')
  await startInside(createCgroup(placement), 'exec sleep 60')
  assert.throws(() => createCgroup(placement), { message: "container's cgroup is not empty: 1 process(es) found" })
})

test('a refused cgroup leaves no directory in the other hierarchies', { skip: needsV1 }, async () => {
  const placement = place('half')
  const last = placedCgroups(placement).at(-1) ?? assert.fail()
  mkdirSync(last.directory, { recursive: true })
  const child = spawn('sleep', ['60'])
  children.push(child)
  await once(child, 'spawn')
  writeFileSync(`${last.directory}/cgroup.procs`, String(child.pid))
  assert.throws(() => createCgroup(placement), { message: /is not empty/ })
  for (const { directory } of placedCgroups(placement).slice(0, -1)) assert.equal(existsSync(directory), false)
  assert.equal(existsSync(last.directory), true)
})

test('uses an empty cgroup that exists, and undo leaves it', () => {
  const placement = place('existing')
  const [first] = placedCgroups(placement)
  mkdirSync(first?.directory ?? '', { recursive: true })
  const cgroup = createCgroup(placement)
  cgroup.undo()
  assert.equal(existsSync(first?.directory ?? ''), true)
  for (const { directory } of placedCgroups(placement).slice(1)) assert.equal(existsSync(directory), false)
})

test('undo kills what is inside and removes the parents it made', async () => {
  const placement = place('undo/deep/er')
  const cgroup = createCgroup(placement)
  const child = await startInside(cgroup, 'exec sleep 60')
  const exit = once(child, 'exit')
  cgroup.undo()
  assert.deepEqual(await exit, [null, 'SIGKILL'])
  for (const { mountpoint } of placedCgroups(placement)) assert.equal(existsSync(`${mountpoint}${BASE}`), false)
})

test('refuses a cgroup below a frozen one', { skip: needsV1 }, () => {
  const parent = createCgroup(place('parent'))
  parent.freeze()
  const child = place('parent/child')
  assert.throws(() => createCgroup(child), { message: "container's cgroup unexpectedly frozen" })
  assert.equal(existsSync(placedCgroups(child)[0]?.directory ?? ''), false)
  parent.thaw()
})

test('destroying twice, or what never was, is fine', () => {
  const cgroup = openCgroup(place('never'))
  cgroup.destroy()
  cgroup.destroy()
  cgroup.kill()
  cgroup.thaw()
  assert.deepEqual(cgroup.pids(), [])
  assert.equal(cgroup.isFrozen(), false)
})

test('the last of two containers removes the parent that both found missing', () => {
  const [one, other] = [place('shared/one'), place('shared/other')]
  createCgroup(one)
  createCgroup(other)
  const parent = `${placedCgroups(one)[0]?.mountpoint}${BASE}/shared`
  openCgroup(one).destroy()
  assert.equal(existsSync(parent), true)
  openCgroup(other).destroy()
  assert.equal(existsSync(parent), false)
})

test('everything works from what was persisted alone', async () => {
  const placement = place('persisted/it')
  const child = await startInside(createCgroup(placement), 'exec sleep 60')
  const exit = once(child, 'exit')
  const reopened = openCgroup(JSON.parse(JSON.stringify(placement)))
  assert.deepEqual(reopened.pids(), [child.pid])
  reopened.kill()
  reopened.destroy()
  await exit
  for (const { mountpoint } of placedCgroups(placement)) assert.equal(existsSync(`${mountpoint}${BASE}`), false)
})

test('gives away the unified directory with the files the kernel names, and no other', { skip: !facts.unified }, () => {
  const cgroup = createCgroup(place('delegated'))
  cgroup.delegate(4321)
  const directory = cgroup.placement.unified?.directory ?? assert.fail()
  const given = readdirSync(directory).filter((name) => statSync(`${directory}/${name}`).uid === 4321)
  const listed = readFileSync('/sys/kernel/cgroup/delegate', 'utf8').trim().split('\n')
  assert.deepEqual(given.sort(), listed.filter((name) => existsSync(`${directory}/${name}`)).sort())
  assert.ok(given.includes('cgroup.procs'))
  assert.equal(statSync(directory).uid, 4321)
  assert.equal(statSync(directory).gid, 0)
})

/** A part of the unified hierarchy as that of a v2 host, so that no controller is enabled in the host's root. */
function placeV2(name: string): CgroupPlacement {
  const mountpoint = `${facts.unified?.mountpoint ?? assert.fail()}${BASE}`
  const unified = { mountpoint, ownPath: '/' }
  const placement = noteMissingParents(placeCgroup(`/${name}`, 'unused', { mode: 'v2', hierarchies: [], unified }))
  placements.push(placement)
  return placement
}

test('enters, lists and kills below a threaded cgroup, which takes no memory limit', {
  skip: !facts.unified,
}, async () => {
  placements.push(createCgroup(place('')).placement)
  const cgroup = createCgroup(placeV2('parent'))
  writeFileSync(`${cgroup.placement.unified?.directory}/cgroup.type`, 'threaded')
  const child = createCgroup(placeV2('parent/child'))
  const directory = child.placement.unified?.directory ?? assert.fail()
  assert.equal(readFileSync(`${directory}/cgroup.type`, 'utf8').trim(), 'threaded')
  assert.throws(() => child.apply({ writes: planLimits(settleResources({ memory: { limit: 4096 } }), 'v2') }), {
    message: `cannot enter cgroupv2 "${directory}" with domain controllers -- it is in threaded mode`,
  })
  const inside = spawn('sleep', ['60'])
  children.push(inside)
  await once(inside, 'spawn')
  const exit = once(inside, 'exit')
  // Only from within the threaded domain, which is above the parent.
  writeFileSync(`${cgroup.placement.unified?.mountpoint}/cgroup.procs`, String(inside.pid))
  writeFileSync(`${directory}/cgroup.procs`, String(inside.pid))
  assert.deepEqual(child.pids(), [inside.pid])
  child.kill()
  assert.deepEqual(await exit, [null, 'SIGKILL'])
})
