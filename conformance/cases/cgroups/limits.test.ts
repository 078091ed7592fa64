// SPDX-License-Identifier: Apache-2.0
// Each resource field, read back from the kernel.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupDirectoryOf, cgroupMounts, isPureV2 } from '../../harness/cgroup-files.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import type { Json } from '../../harness/json.ts'
import { cgroupV1, cgroupV2, controller, type Requirement } from '../../harness/requires.ts'
import { until } from '../../harness/until.ts'

const it = casesOf('cgroups')

/** `[controller, file, value]`; undefined where this version has no such setting. */
type Setting = readonly [controller: string, file: string, value: string | RegExp] | undefined

/** A whole disk of this machine as `major:minor`. */
function someDisk(): string | undefined {
  const lines = readFileSync('/proc/partitions', 'utf8').split('\n').slice(2)
  const names = lines.map((line) => line.trim().split(/\s+/)).filter(([, , , name]) => existsSync(`/sys/block/${name}`))
  const [major, minor] = names.find(([, , , name = '']) => !/^(loop|ram|zram|fd|sr)/.test(name)) ?? []
  return major === undefined ? undefined : `${major}:${minor}`
}

const disk = someDisk()
const aDisk: Requirement = () => (disk === undefined ? 'needs a disk' : undefined)
const [major = 0, minor = 0] = (disk ?? '').split(':').map(Number)
const throttled = (rate: number) => [{ major, minor, rate }]

const FIELDS: readonly (readonly [name: string, resources: Json, v1: Setting, v2: Setting])[] = [
  [
    'memory.limit',
    { memory: { limit: 67108864 } },
    ['memory', 'memory.limit_in_bytes', '67108864'],
    ['memory', 'memory.max', '67108864'],
  ],
  [
    'memory.swap',
    { memory: { limit: 67108864, swap: 100663296 } },
    ['memory', 'memory.memsw.limit_in_bytes', '100663296'],
    ['memory', 'memory.swap.max', '33554432'],
  ],
  [
    'memory.swap equal to the limit',
    { memory: { limit: 67108864, swap: 67108864 } },
    ['memory', 'memory.memsw.limit_in_bytes', '67108864'],
    ['memory', 'memory.swap.max', '0'],
  ],
  [
    'memory.reservation',
    { memory: { reservation: 33554432 } },
    ['memory', 'memory.soft_limit_in_bytes', '33554432'],
    ['memory', 'memory.low', '33554432'],
  ],
  ['memory.swappiness', { memory: { swappiness: 17 } }, ['memory', 'memory.swappiness', '17'], undefined],
  [
    'memory.disableOOMKiller',
    { memory: { limit: 67108864, disableOOMKiller: true } },
    ['memory', 'memory.oom_control', /^oom_kill_disable 1$/m],
    undefined,
  ],
  ['memory.useHierarchy', { memory: { useHierarchy: true } }, ['memory', 'memory.use_hierarchy', '1'], undefined],
  ['cpu.shares', { cpu: { shares: 4096 } }, ['cpu', 'cpu.shares', '4096'], ['cpu', 'cpu.weight', '303']],
  [
    'cpu.quota alone',
    { cpu: { quota: 50000 } },
    ['cpu', 'cpu.cfs_quota_us', '50000'],
    ['cpu', 'cpu.max', '50000 100000'],
  ],
  [
    'cpu.period alone',
    { cpu: { period: 50000 } },
    ['cpu', 'cpu.cfs_period_us', '50000'],
    ['cpu', 'cpu.max', 'max 50000'],
  ],
  [
    'cpu.burst',
    { cpu: { quota: 50000, period: 100000, burst: 20000 } },
    ['cpu', 'cpu.cfs_burst_us', '20000'],
    ['cpu', 'cpu.max.burst', '20000'],
  ],
  ['cpu.idle', { cpu: { idle: 1 } }, ['cpu', 'cpu.idle', '1'], ['cpu', 'cpu.idle', '1']],
  ['cpu.cpus', { cpu: { cpus: '0' } }, ['cpuset', 'cpuset.cpus', '0'], ['cpuset', 'cpuset.cpus', '0']],
  ['cpu.mems', { cpu: { mems: '0' } }, ['cpuset', 'cpuset.mems', '0'], ['cpuset', 'cpuset.mems', '0']],
  ['pids.limit', { pids: { limit: 77 } }, ['pids', 'pids.max', '77'], ['pids', 'pids.max', '77']],
  ['pids.limit 0', { pids: { limit: 0 } }, ['pids', 'pids.max', '1'], ['pids', 'pids.max', '1']],
  ['pids.limit -1', { pids: { limit: -1 } }, ['pids', 'pids.max', 'max'], ['pids', 'pids.max', 'max']],
  [
    'blockIO.throttleReadBpsDevice',
    { blockIO: { throttleReadBpsDevice: throttled(1048576) } },
    ['blkio', 'blkio.throttle.read_bps_device', `${disk} 1048576`],
    ['io', 'io.max', `${disk} rbps=1048576 wbps=max riops=max wiops=max`],
  ],
  [
    'blockIO.throttleWriteBpsDevice',
    { blockIO: { throttleWriteBpsDevice: throttled(1048576) } },
    ['blkio', 'blkio.throttle.write_bps_device', `${disk} 1048576`],
    ['io', 'io.max', `${disk} rbps=max wbps=1048576 riops=max wiops=max`],
  ],
  [
    'blockIO.throttleReadIOPSDevice',
    { blockIO: { throttleReadIOPSDevice: throttled(500) } },
    ['blkio', 'blkio.throttle.read_iops_device', `${disk} 500`],
    ['io', 'io.max', `${disk} rbps=max wbps=max riops=500 wiops=max`],
  ],
  [
    'blockIO.throttleWriteIOPSDevice',
    { blockIO: { throttleWriteIOPSDevice: throttled(500) } },
    ['blkio', 'blkio.throttle.write_iops_device', `${disk} 500`],
    ['io', 'io.max', `${disk} rbps=max wbps=max riops=max wiops=500`],
  ],
  [
    'hugepageLimits',
    { hugepageLimits: [{ pageSize: '2MB', limit: 4194304 }] },
    undefined,
    ['hugetlb', 'hugetlb.2MB.max', '4194304'],
  ],
  [
    'reserved hugepageLimits',
    { hugepageLimits: [{ pageSize: '2MB', limit: 4194304 }] },
    undefined,
    ['hugetlb', 'hugetlb.2MB.rsvd.max', '4194304'],
  ],
  ['unified', { unified: { 'memory.high': '33554432' } }, undefined, ['memory', 'memory.high', '33554432']],
  [
    'unified over another setting',
    { memory: { limit: 67108864 }, unified: { 'memory.max': '33554432' } },
    undefined,
    ['memory', 'memory.max', '33554432'],
  ],
  [
    'unified of several lines',
    { unified: { 'io.max': `${disk} rbps=1048576\n${disk} wiops=500\n` } },
    undefined,
    ['io', 'io.max', `${disk} rbps=1048576 wbps=max riops=max wiops=500`],
  ],
]

/** The kernel has the file: the root has most of v1's, and the exceptions are on every kernel. */
function settable(name: string, file: string): Requirement {
  return () => {
    const unmet = controller(name)()
    if (unmet !== undefined || isPureV2()) return unmet
    const mount = cgroupMounts().find(({ controllers }) => controllers.includes(name))
    const isKnown = existsSync(join(mount?.path ?? '', file)) || /^(cpu\.idle|pids\.max)$/.test(file)
    return isKnown ? undefined : `needs a kernel with ${file}`
  }
}

for (const [name, resources, v1, v2] of FIELDS) {
  const setting = isPureV2() ? v2 : v1
  const needs = (isPureV2() ? v1 : v2) === undefined ? [isPureV2() ? cgroupV2 : cgroupV1] : []
  if (setting === undefined) continue
  const [of, file, value] = setting
  it(
    `sets ${name} in ${file}`,
    async (c) => {
      await c.create(c.bundle({ linux: { resources } }).probe('exit', '0'))
      const actual = readFileSync(join(cgroupDirectoryOf(await c.pid(), of), file), 'utf8').trim()
      if (typeof value === 'string') assert.equal(actual, value)
      else assert.match(actual, value)
    },
    { requires: [...needs, settable(of, file), ...(of === 'blkio' || of === 'io' ? [aDisk] : [])] },
  )
}

for (const [field, resources] of [
  ['memory/swappiness', { memory: { swappiness: 60 } }],
  ['memory/disableOOMKiller', { memory: { disableOOMKiller: true } }],
  ['memory/kernel', { memory: { kernel: 16777216 } }],
  ['cpu/realtimeRuntime', { cpu: { realtimeRuntime: 950000 } }],
  ['blockIO/leafWeight', { blockIO: { leafWeight: 500 } }],
  ['network/classID', { network: { classID: 1048577 } }],
  ['network/priorities', { network: { priorities: [{ name: 'lo', priority: 1 }] } }],
] satisfies [string, Json][]) {
  it(
    `says that cgroup v2 has no ${field}`,
    (c) => c.refuses(c.bundle({ linux: { resources } }), `/linux/resources/${field}`).then(() => {}),
    { requires: [cgroupV2] },
  )
}

it(
  'says that unified settings need cgroup v2',
  (c) => c.refuses(c.bundle({ linux: { resources: { unified: { 'memory.high': '1' } } } }), /unified/).then(() => {}),
  { requires: [cgroupV1] },
)

it(
  'says which controller of a unified setting is not there',
  (c) =>
    c.refuses(c.bundle({ linux: { resources: { unified: { 'imaginary.max': '1' } } } }), 'imaginary').then(() => {}),
  { requires: [cgroupV2] },
)

it(
  'refuses to be frozen by a unified setting',
  (c) =>
    c
      .refuses(c.bundle({ linux: { resources: { unified: { 'cgroup.freeze': '1' } } } }), 'cgroup.freeze')
      .then(() => {}),
  { requires: [cgroupV2] },
)

// A hierarchy of its own, mounted where only the runtime sees it, as no distribution mounts these where v1 is in use.
for (const [name, resources, files] of [
  [
    'hugetlb',
    { hugepageLimits: [{ pageSize: '2MB', limit: 4194304 }] },
    { 'hugetlb.2MB.limit_in_bytes': '4194304', 'hugetlb.2MB.rsvd.limit_in_bytes': '4194304' },
  ],
  ['net_cls', { network: { classID: 1048577 } }, { 'net_cls.classid': '1048577' }],
  ['net_prio', { network: { priorities: [{ name: 'lo', priority: 5 }] } }, { 'net_prio.ifpriomap': /^lo 5$/m }],
] satisfies [string, Json, Record<string, string | RegExp>][]) {
  it(
    `sets what ${name} of v1 has`,
    async (c) => {
      const mounts = [{ destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['ro'] }]
      const bundle = c.bundle({ linux: { resources } })
      bundle.change({ mounts: (old) => [...(old as Json[]), ...mounts] })
      const place = join(c.directory, name)
      const mount = `mkdir -p ${place} && mount -t cgroup -o ${name} none ${place}`
      const wrapper = ['unshare', '--mount', 'sh', '-c', `${mount} && exec "$@"`, 'sh']
      // The kernel keeps a hierarchy whose mount goes before its last cgroup is quite gone; another mount ends it.
      c.atEnd(async () => {
        let looks = 0
        await until(`the end of the ${name} hierarchy`, () => {
          if (!isInUse(name)) return true
          if (looks++ % 100 === 0) spawnSync('unshare', ['--mount', 'sh', '-c', mount])
          return false
        })
      })
      const items = Object.keys(files).map((file) => `read:/sys/fs/cgroup/${name}/${file}`)
      const report = await c.report(bundle, items, { wrapper })
      for (const [file, value] of Object.entries(files)) {
        const actual = String(report[`read:/sys/fs/cgroup/${name}/${file}`]?.text).trim()
        if (typeof value === 'string') assert.equal(actual, value)
        else assert.match(actual, value)
      }
    },
    { requires: [cgroupV1, mountable(name)] },
  )
}

/** The kernel has the controller, and nothing uses it. */
function mountable(name: string): Requirement {
  return () => {
    const mount = ['--mount', 'mount', '-t', 'cgroup', '-o', name, 'none', '/mnt']
    return !isInUse(name) && spawnSync('unshare', mount).status === 0
      ? undefined
      : `needs a ${name} controller that nothing uses`
  }
}

function isInUse(name: string): boolean {
  return readFileSync('/proc/self/cgroup', 'utf8').includes(`:${name}:`)
}
