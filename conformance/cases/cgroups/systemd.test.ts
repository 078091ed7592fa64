// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { namespaces, withCapabilities } from '../../harness/base-config.ts'
import type { Bundle } from '../../harness/bundle.ts'
import { scopePath } from '../../harness/cgroup-driver.ts'
import { cgroupDirectoryOf, isPureV2, readCgroup } from '../../harness/cgroup-files.ts'
import { type Case, casesOf, pidFile } from '../../harness/conformance-case.ts'
import { processesOf } from '../../harness/host-snapshot.ts'
import type { Json } from '../../harness/json.ts'
import { cgroupV2 } from '../../harness/requires.ts'
import { noSystemd, systemctl, systemd, unitProperty, unitsOf } from '../../harness/systemd.ts'
import { until } from '../../harness/until.ts'

const FLAG = '--systemd-cgroup'

/** Cases after which no unit with their token may be known to systemd. */
function it(sentence: string, body: (c: Case) => Promise<void>, requires = [systemd]): void {
  casesOf('systemd', { requires })(sentence, async (c) => {
    await body(c)
    if (requires.includes(noSystemd)) return
    for (const id of ['', 'second'].map((suffix) => c.id(suffix))) await c.runtime(['delete', '--force', id])
    assert.deepEqual(unitsOf(c.token), [])
  })
}

function create(c: Case, bundle: Bundle, id = c.id()) {
  return c.succeed([FLAG, 'create', '--bundle', bundle.path, '--pid-file', pidFile(bundle, id), id])
}

/** A running container with this linux.cgroupsPath and these resources, and its pid. */
async function running(c: Case, cgroupsPath: string | undefined, resources: Json = {}, annotations: Json = {}) {
  const linux = { resources, ...(cgroupsPath === undefined ? {} : { cgroupsPath }) }
  await create(c, c.bundle({ linux, annotations }).probe('wait'))
  await c.succeed(['start', c.id()])
  return c.pid()
}

const scopeOf = (c: Case) => `test-${c.token}.scope`
const pathOf = (c: Case) => scopePath(c.token)

it('has systemd make a scope for the container alone, and remove it', async (c) => {
  const pid = await running(c, pathOf(c))
  const unit = scopeOf(c)
  assert.equal(unitProperty(unit, 'ActiveState'), 'active')
  assert.equal(unitProperty(unit, 'Slice'), 'system.slice')
  assert.equal(unitProperty(unit, 'Delegate'), 'yes')
  assert.equal(unitProperty(unit, 'DefaultDependencies'), 'no')
  const directory = cgroupDirectoryOf(pid, 'systemd')
  assert.ok(directory.endsWith(`/system.slice/${unit}`), directory)
  assert.equal(readCgroup(pid, 'systemd', 'cgroup.procs'), String(pid))
  await c.kill()
  await c.succeed(['delete', c.id()])
  assert.equal(unitProperty(unit, 'LoadState'), 'not-found')
  assert.ok(!existsSync(directory), directory)
  c.assertNothingLeft()
})

it('names the scope after the container without a cgroupsPath', async (c) => {
  const pid = await running(c, undefined)
  assert.match(cgroupDirectoryOf(pid, 'systemd'), new RegExp(`/system\\.slice/[a-z]+-${c.id()}\\.scope$`))
})

it('finds the slice below the slices that its name lists', async (c) => {
  const [outer, inner] = [`${c.token}.slice`, `${c.token}-in.slice`]
  c.atEnd(() => void systemctl('stop', outer))
  const pid = await running(c, `${inner}:test:${c.token}`)
  assert.ok(cgroupDirectoryOf(pid, 'systemd').endsWith(`/${outer}/${inner}/${scopeOf(c)}`))
  assert.equal(unitProperty(scopeOf(c), 'Slice'), inner)
  await c.succeed(['delete', '--force', c.id()])
  systemctl('stop', outer)
})

it('sets limits as properties and in the files of the cgroup', async (c) => {
  const resources = {
    memory: { limit: 67108864, reservation: 33554432 },
    cpu: { shares: 1024, quota: 20000, period: 50000, cpus: '0', mems: '0' },
    pids: { limit: 50 },
  }
  const pid = await running(c, pathOf(c), resources)
  const property = (name: string) => unitProperty(scopeOf(c), name)
  assert.equal(property('TasksMax'), '50')
  assert.equal(property('CPUQuotaPerSecUSec'), '400ms')
  assert.equal(property('CPUQuotaPeriodUSec'), '50ms')
  assert.equal(property('AllowedCPUs'), '0')
  assert.equal(readCgroup(pid, 'pids', 'pids.max'), '50')
  assert.equal(readCgroup(pid, 'cpuset', 'cpuset.cpus'), '0')
  if (isPureV2()) {
    assert.deepEqual(['MemoryMax', 'MemoryLow', 'CPUWeight'].map(property), ['67108864', '33554432', '100'])
    assert.equal(readCgroup(pid, 'memory', 'memory.max'), '67108864')
    assert.equal(readCgroup(pid, 'cpu', 'cpu.max'), '20000 50000')
    assert.equal(readCgroup(pid, 'cpu', 'cpu.weight'), '100')
  } else {
    assert.deepEqual(['MemoryLimit', 'CPUShares'].map(property), ['67108864', '1024'])
    assert.equal(readCgroup(pid, 'memory', 'memory.limit_in_bytes'), '67108864')
    assert.equal(readCgroup(pid, 'cpu', 'cpu.cfs_quota_us'), '20000')
  }
})

it(
  'takes the files of unified as properties too',
  async (c) => {
    const unified = { 'memory.high': '50331648', 'pids.max': '40', 'memory.oom.group': '1', 'cpu.max': 'max 50000' }
    const pid = await running(c, pathOf(c), { unified })
    const property = (name: string) => unitProperty(scopeOf(c), name)
    assert.deepEqual(['MemoryHigh', 'TasksMax', 'CPUQuotaPeriodUSec'].map(property), ['50331648', '40', '50ms'])
    assert.equal(readCgroup(pid, 'memory', 'memory.high'), '50331648')
    assert.equal(readCgroup(pid, 'memory', 'memory.oom.group'), '1')
    assert.equal(readCgroup(pid, 'cpu', 'cpu.max'), 'max 50000')
  },
  [systemd, cgroupV2],
)

it('changes properties and files with update, and neither when one is refused', async (c) => {
  const pid = await running(c, pathOf(c), { pids: { limit: 50 }, cpu: { quota: 20000, period: 50000 } })
  const property = (name: string) => unitProperty(scopeOf(c), name)
  await c.succeed(['update', '--pids-limit', '60', '--cpu-quota', '12345', c.id()])
  const cpuMax = () => readCgroup(pid, 'cpu', 'cpu.cfs_quota_us', 'cpu.max').split(' ')[0]
  assert.deepEqual([property('TasksMax'), readCgroup(pid, 'pids', 'pids.max')], ['60', '60'])
  assert.deepEqual([property('CPUQuotaPerSecUSec'), cpuMax()], ['250ms', '12345'])
  await c.fail(
    ['update', '--pids-limit', '70', '--cpu-quota', '30000', '--cpuset-cpus', '1000', c.id()],
    ['cpuset.cpus'],
  )
  assert.deepEqual([property('TasksMax'), readCgroup(pid, 'pids', 'pids.max')], ['60', '60'])
  assert.deepEqual([property('CPUQuotaPerSecUSec'), cpuMax()], ['250ms', '12345'])
})

it('takes no device away for a moment while update changes properties', async (c) => {
  const linux = { cgroupsPath: pathOf(c) }
  const script = 'echo on; while :; do true </dev/null || echo denied; done'
  const bundle = c.bundle({ linux, process: { args: ['/bin/sh', '-c', script] } }, { busybox: true })
  const call = await create(c, bundle)
  await c.succeed(['start', c.id()])
  await until(`the first line from ${call}`, () => call.stdout !== '')
  for (const limit of ['50', '60', '70', '80']) await c.succeed(['update', '--pids-limit', limit, c.id()])
  assert.equal(call.stdout, 'on\n')
  assert.equal((await c.state()).status, 'running')
})

it('keeps rules of devices that systemd cannot be told when update changes properties', async (c) => {
  const devices = [
    { allow: true, access: 'rwm' },
    { allow: false, type: 'c', major: 1, minor: 11, access: 'rw' },
  ]
  const kmsg = { path: '/dev/kmsg', type: 'c', major: 1, minor: 11, fileMode: 438 }
  const linux = { cgroupsPath: pathOf(c), devices: [kmsg], resources: { devices } }
  // Without CAP_SYSLOG the kernel's log is not opened, whatever the cgroup allows.
  const process = withCapabilities('CAP_SYSLOG', 'CAP_MKNOD', 'CAP_DAC_OVERRIDE')
  const call = await create(c, c.bundle({ process, linux }).probe('report', 'open:/dev/kmsg', 'open:/dev/null'))
  await c.succeed(['update', '--pids-limit', '50', c.id()])
  await c.succeed(['start', c.id()])
  await until(`a report from ${call}`, () => call.stdout.endsWith('\n'))
  assert.deepEqual(JSON.parse(call.stdout), { 'open:/dev/kmsg': 'EPERM', 'open:/dev/null': null })
})

it('leaves a container paused that update finds paused', async (c) => {
  const pid = await running(c, pathOf(c))
  await c.succeed(['pause', c.id()])
  await c.succeed(['update', '--pids-limit', '60', c.id()])
  assert.equal((await c.state()).status, 'paused')
  assert.equal(readCgroup(pid, 'pids', 'pids.max'), '60')
  await c.succeed(['resume', c.id()])
})

it('runs further processes in the scope, and pauses and kills all of them', async (c) => {
  const pid = await running(c, pathOf(c))
  await c.succeed(['exec', '--detach', c.id(), '/bin/probe', 'wait'])
  assert.equal(readCgroup(pid, 'systemd', 'cgroup.procs').split('\n').length, 2)
  await c.succeed(['pause', c.id()])
  assert.equal((await c.state()).status, 'paused')
  await c.succeed(['resume', c.id()])
  assert.equal(unitProperty(scopeOf(c), 'ActiveState'), 'active')
  await c.kill()
})

it('keeps what no rule allows from being opened, also when systemd sets its own rules again', async (c) => {
  // No driver has this number: an open that is let through ends with ENXIO or ENODEV, one that is denied with EPERM.
  const spare = { path: '/dev/spare', type: 'c', major: 11, minor: 9, fileMode: 438 }
  const kmsg = { path: '/dev/kmsg', type: 'c', major: 1, minor: 11, fileMode: 438 }
  const devices = [
    { allow: false, access: 'rwm' },
    { allow: true, type: 'c', major: 11, access: 'rw' },
  ]
  const linux = { cgroupsPath: pathOf(c), devices: [spare, kmsg], resources: { devices } }
  const call = await create(
    c,
    c.bundle({ linux }).probe('report', 'open:/dev/kmsg', 'open:/dev/null', 'open:/dev/spare'),
  )
  systemctl('daemon-reload')
  await c.succeed(['start', c.id()])
  await until(`a report from ${call}`, () => call.stdout.endsWith('\n'))
  const report = JSON.parse(call.stdout)
  assert.equal(report['open:/dev/kmsg'], 'EPERM')
  assert.equal(report['open:/dev/null'], null)
  assert.notEqual(report['open:/dev/spare'], 'EPERM')
  assert.notEqual(report['open:/dev/spare'], null)
})

it('applies properties from annotations', async (c) => {
  await running(
    c,
    pathOf(c),
    {},
    {
      'org.systemd.property.CollectMode': "'inactive-or-failed'",
      'org.systemd.property.TimeoutStopSec': 'uint64 7',
    },
  )
  assert.equal(unitProperty(scopeOf(c), 'CollectMode'), 'inactive-or-failed')
  assert.equal(unitProperty(scopeOf(c), 'TimeoutStopUSec'), '7s')
})

for (const [what, name, value, pattern] of [
  ['a property that systemd does not know', 'NoSuchProperty', 'true', /NoSuchProperty/],
  ['a property of another type', 'TimeoutStopSec', "'soon'", /TimeoutStopSec/],
  ['a name that is none', 'A-b', 'true', /A-b/],
  ['a value that cannot be read', 'CollectMode', 'inactive', /CollectMode/],
] as const) {
  it(`refuses ${what} in an annotation, and leaves nothing`, async (c) => {
    const annotations = { [`org.systemd.property.${name}`]: value }
    const bundle = c.bundle({ annotations, linux: { cgroupsPath: pathOf(c) } })
    await c.fail([FLAG, 'run', '--bundle', bundle.path, c.id()], [pattern])
    c.assertNothingLeft()
  })
}

it('ignores such annotations with the cgroupfs driver', async (c) => {
  const annotations = { 'org.systemd.property.NoSuchProperty': 'true' }
  await c.report(c.bundle({ annotations }), ['ids'])
})

for (const [path, pattern] of [
  [
    '/some/cgroup',
    /expected cgroupsPath to be of format \\?"slice:prefix:name\\?" for systemd cgroups, got \\?"\/some\/cgroup/,
  ],
  ['some.scope:test:name', 'invalid slice name: some.scope'],
  ['a--b.slice:test:name', 'invalid slice name: a--b.slice'],
] as const) {
  it(`refuses the cgroupsPath "${path}"`, async (c) => {
    const bundle = c.bundle({ linux: { cgroupsPath: path } })
    await c.fail([FLAG, 'run', '--bundle', bundle.path, c.id()], [pattern])
    c.assertNothingLeft()
  })
}

it('makes no unit beside one that another container has', async (c) => {
  const pid = await running(c, pathOf(c))
  const second = c.bundle({ linux: { cgroupsPath: pathOf(c) } })
  await c.fail([FLAG, 'create', '--bundle', second.path, c.id('second')], [/exists|not empty/])
  assert.equal((await c.state()).status, 'running')
  assert.equal(readCgroup(pid, 'systemd', 'cgroup.procs'), String(pid))
})

it('clears away what is left of a failed unit of the same name', async (c) => {
  const args = ['--scope', '--quiet', `--unit=${scopeOf(c)}`, '--property=RuntimeMaxSec=100ms', 'sleep', '1000']
  assert.notEqual(spawnSync('systemd-run', args).status, 0)
  await until('the unit to fail', () => unitProperty(scopeOf(c), 'ActiveState') === 'failed' || undefined)
  const pid = await running(c, pathOf(c))
  assert.equal(readCgroup(pid, 'systemd', 'cgroup.procs'), String(pid))
})

it('removes a unit that failed because it ran out of memory', async (c) => {
  const bundle = c.bundle({ linux: { cgroupsPath: pathOf(c), resources: { memory: { limit: 16777216 } } } })
  const call = await c.runtime([FLAG, 'run', '--bundle', bundle.probe('eat', '64').path, c.id()])
  assert.equal(call.status, 137, String(call))
  assert.deepEqual(unitsOf(c.token), [])
  c.assertNothingLeft()
})

it('leaves no unit when create fails after it', async (c) => {
  const hooks = { createRuntime: [{ path: '/bin/false' }] }
  const bundle = c.bundle({ hooks, linux: { cgroupsPath: pathOf(c) } })
  await c.fail([FLAG, 'create', '--bundle', bundle.path, c.id()], ['hook'])
  assert.deepEqual(unitsOf(c.token), [])
  c.assertNothingLeft()
})

it('is cleaned up by delete --force after create was killed', async (c) => {
  const hooks = {
    createRuntime: [{ path: '/bin/sleep', args: ['sleep', '1000'], env: [`CONFORMANCE_TOKEN=${c.token}`] }],
  }
  const bundle = c.bundle({ hooks, linux: { cgroupsPath: pathOf(c) } })
  const { call, done } = c.start([FLAG, 'create', '--bundle', bundle.path, c.id()])
  await until('the unit', () => unitProperty(scopeOf(c), 'ActiveState') === 'active' || undefined)
  process.kill(call.pid, 'SIGKILL')
  await done
  // The hook is nobody's child any more.
  c.atEnd(async () => {
    for (const pid of processesOf(c.token)) process.kill(pid, 'SIGKILL')
    await until('the end of the hook', () => processesOf(c.token).length === 0)
  })
  await c.succeed(['delete', '--force', c.id()])
  assert.deepEqual(unitsOf(c.token), [])
})

it('removes the unit with the cgroups that the container made in it', async (c) => {
  const pid = await running(c, pathOf(c))
  mkdirSync(join(cgroupDirectoryOf(pid, 'systemd'), 'child', 'grandchild'), { recursive: true })
  await c.succeed(['delete', '--force', c.id()])
  c.assertNothingLeft()
})

it('is in its cgroup before it gets a cgroup namespace', async (c) => {
  const bundle = c.bundle({
    linux: { cgroupsPath: pathOf(c), namespaces: namespaces('pid', 'mount', 'network', 'ipc', 'uts', 'cgroup') },
  })
  bundle.probe('report', 'read:/proc/self/cgroup')
  const call = await c.succeed([FLAG, 'run', '--bundle', bundle.path, c.id()])
  const { text } = JSON.parse(call.stdout)['read:/proc/self/cgroup'] as { text: string }
  const lines = text.trim().split('\n')
  for (const line of lines) assert.ok(line.endsWith(':/'), line)
})

it('leaves no unit and no cgroup of containers made at the same time', async (c) => {
  const bundle = c.bundle().probe('wait')
  const ids = Array.from({ length: 6 }, (_, index) => c.id(`-${index}`))
  await Promise.all(ids.map((id) => c.succeed([FLAG, 'create', '--bundle', bundle.path, id])))
  assert.equal(unitsOf(c.token).length, ids.length)
  await Promise.all(ids.map((id) => c.succeed(['delete', '--force', id])))
  assert.deepEqual(unitsOf(c.token), [])
  c.assertNothingLeft()
})

it(
  'says where systemd is not running',
  async (c) => {
    const call = await c.fail([FLAG, 'run', '--bundle', c.bundle().path, c.id()])
    assert.match(call.stderr, /systemd not running on this host, cannot use systemd cgroups manager/)
  },
  [noSystemd],
)
