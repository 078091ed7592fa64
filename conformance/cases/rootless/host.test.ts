// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { namespaces, procMount } from '../../harness/base-config.ts'
import { cgroupMounts } from '../../harness/cgroup-files.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { mountOnHost } from '../../harness/host-mounts.ts'
import { cgroupsOf } from '../../harness/host-snapshot.ts'
import { actAsUser, type OrdinaryUser, rootlessNeeds } from '../../harness/ordinary-user.ts'
import { mountAt } from '../../harness/probe.ts'
import { cgroupV1, controller, path } from '../../harness/requires.ts'

const it = casesOf('rootless', { requires: rootlessNeeds })

it('goes without cgroups where it may make none', async (c) => {
  const user = actAsUser(c)
  await c.create(user.bundle().probe('wait'))
  assert.equal((await c.state()).status, 'created')
  assert.deepEqual(cgroupsOf(c.token), [])
  await c.succeed(['delete', '--force', c.id()])
})

it('refuses limits without a cgroup to set them in', async (c) => {
  const user = actAsUser(c)
  const bundle = user.bundle({ linux: { resources: { pids: { limit: 10 } } } })
  await c.refuses(bundle, /rootless needs no limits|cannot set pids limit: container could not join or create cgroup/)
})

it('refuses a cgroupsPath where it may not make it', async (c) => {
  const user = actAsUser(c)
  await c.refuses(
    user.bundle({ linux: { cgroupsPath: `/${c.token}/x` } }),
    /unable to apply cgroup configuration.*permission denied/,
  )
})

it('says what to do about a cgroupsPath where it may not make it', async (c) => {
  const bundle = actAsUser(c).bundle({ linux: { cgroupsPath: `/${c.token}/x` } })
  await c.refuses(bundle, 'leave out linux.cgroupsPath')
})

it('forgives no missing permission with --rootless=false', async (c) => {
  const user = actAsUser(c)
  const call = await c.runtime(['--rootless=false', 'run', '--bundle', user.bundle().probe('exit', '0').path, c.id()])
  assert.equal(call.status, 1, String(call))
  assert.match(call.stderr, /permission denied/)
  c.assertNothingLeft()
})

it('knows auto, true and false for --rootless', async (c) => {
  const user = actAsUser(c)
  const bundle = user.bundle().probe('exit', '0')
  for (const value of ['auto', 'true']) await c.succeed([`--rootless=${value}`, 'run', '--bundle', bundle.path, c.id()])
  await c.fail(['--rootless=maybe', 'run', '--bundle', bundle.path, c.id()])
})

/** Gives a directory in one hierarchy to the user and lets his calls run in it, as a delegating manager would. */
function delegate(c: Case, user: OrdinaryUser, mount: string): string {
  const directory = join(mount, c.token)
  mkdirSync(directory)
  c.keepsEmptyCgroups = true
  for (const file of ['', 'tasks', 'cgroup.procs'].filter((name) => existsSync(join(directory, name)))) {
    execFileSync('chown', [`${user.uid}`, join(directory, file)])
  }
  const { wrapper = [] } = c.caller
  c.caller = { ...c.caller, wrapper: ['sh', '-c', `echo 0 >${directory}/cgroup.procs; exec "$@"`, 'sh', ...wrapper] }
  return directory
}

it(
  'makes its cgroup and sets limits where that is delegated',
  async (c) => {
    const user = actAsUser(c)
    const directory = delegate(
      c,
      user,
      cgroupMounts().find(({ controllers }) => controllers.includes('pids'))?.path ?? '',
    )
    await c.createAndStart(user.bundle({ linux: { resources: { pids: { limit: 17 } } } }).probe('wait'))
    const own = join(directory, c.id())
    assert.equal(readFileSync(join(own, 'pids.max'), 'utf8').trim(), '17')
    assert.deepEqual(readFileSync(join(own, 'cgroup.procs'), 'utf8').trim(), String(await c.pid()))
    const limited = user.bundle({ linux: { resources: { memory: { limit: 67108864 } } } })
    await c.fail(['run', '--bundle', limited.path, c.id('limited')], ['memory'])
    await c.succeed(['delete', '--force', c.id()])
    assert.ok(!existsSync(own))
  },
  { requires: [cgroupV1, controller('pids')] },
)

it(
  'clones its process into a delegated cgroup of the unified hierarchy',
  async (c) => {
    const user = actAsUser(c)
    const directory = delegate(c, user, cgroupMounts().find(({ version }) => version === 2)?.path ?? '')
    await c.createAndStart(user.bundle().probe('wait'))
    const inside = ['', '..'].map((up) => join(directory, up, c.id(), 'cgroup.procs')).find((file) => existsSync(file))
    assert.equal(readFileSync(inside ?? '', 'utf8').trim(), String(await c.pid()))
    await c.succeed(['delete', '--force', c.id()])
    assert.ok(!existsSync(inside ?? ''))
  },
  { requires: [cgroupV1, path(cgroupMounts().find(({ version }) => version === 2)?.path ?? '/nowhere')] },
)

it('raises oom_score_adj and refuses to lower it', async (c) => {
  const user = actAsUser(c)
  const before = Number(readFileSync('/proc/self/oom_score_adj', 'utf8'))
  const report = await c.report(user.bundle({ process: { oomScoreAdj: 500 } }), ['oom'])
  assert.equal(report.oom, 500)
  await c.refuses(user.bundle({ process: { oomScoreAdj: before - 10 } }), /oom_score_adj/)
})

it('sets limits up to those of the user', async (c) => {
  const user = actAsUser(c)
  c.caller = user.options('prlimit', '--nofile=400:500')
  const limited = (soft: number, hard: number) =>
    user.bundle({ process: { rlimits: [{ type: 'RLIMIT_NOFILE', soft, hard }] } })
  const report = await c.report(limited(300, 500), ['limits'])
  assert.deepEqual(report.limits.RLIMIT_NOFILE, { soft: '300', hard: '500' })
  await c.refuses(limited(300, 501), /rlimit/)
})

it('keeps the waiting process closed to the user, whose it is', async (c) => {
  const user = actAsUser(c)
  await c.create(user.bundle({ linux: user.linux(10) }).probe('wait'))
  assert.equal(statSync(`/proc/${await c.pid()}/environ`).uid, 0)
})

it('keeps the attributes of a bind source that a user namespace may not clear', async (c) => {
  const user = actAsUser(c)
  const source = mountOnHost(c, join(c.directory, 'locked'), 'tmpfs', 'nosuid,nodev,noexec,mode=755')
  const bind = (...options: string[]) => ({
    mounts: [procMount, { destination: '/mnt', source, options: ['bind', ...options] }],
    linux: { maskedPaths: [], readonlyPaths: [] },
  })
  for (const options of [[], ['ro'], ['rw']]) {
    const report = await c.report(user.bundle(bind(...options)), ['mounts'])
    const found = mountAt(report, '/mnt')?.options ?? []
    for (const option of ['nosuid', 'nodev', 'noexec']) assert.ok(found.includes(option), `${options} ${found}`)
    assert.ok(found.includes(options.includes('ro') ? 'ro' : 'rw'), `${options} ${found}`)
  }
  for (const option of ['exec', 'suid', 'dev', 'noatime']) {
    await c.fail(['run', '--bundle', user.bundle(bind(option)).path, c.id()], [/operation not permitted/i])
  }
})

it('never makes a read-only source writable', async (c) => {
  const user = actAsUser(c)
  const source = mountOnHost(c, join(c.directory, 'locked'), 'tmpfs', 'ro,mode=777')
  const mounts = [procMount, { destination: '/mnt', source, options: ['bind', 'rw'] }]
  const bundle = user.bundle({ mounts, linux: { maskedPaths: [], readonlyPaths: [] } })
  await c.fail(['run', '--bundle', bundle.path, c.id()], [/operation not permitted/i])
})

it('names what to do about sysfs without a network namespace', async (c) => {
  const user = actAsUser(c)
  const linux = { namespaces: namespaces('pid', 'ipc', 'uts', 'mount', 'user') }
  await c.refuses(user.bundle({ linux }), /"?sysfs"?.*operation not permitted.*network namespace/)
})

it("binds the devices of the host, which stay the host's", async (c) => {
  const user = actAsUser(c)
  const devices = [{ path: '/dev/kmsg', type: 'c', major: 1, minor: 11 }]
  const report = await c.report(user.bundle({ linux: { devices } }), [
    'stat:/dev/null',
    'open-write:/dev/null',
    'stat:/dev/kmsg',
    'open:/dev/kmsg',
  ])
  assert.deepEqual([report['stat:/dev/null']?.major, report['stat:/dev/null']?.minor], [1, 3])
  assert.equal(report['open-write:/dev/null'], null)
  assert.deepEqual([report['stat:/dev/kmsg']?.major, report['stat:/dev/kmsg']?.minor], [1, 11])
  assert.ok(report['open:/dev/kmsg'], 'what the user may not open stays closed')
})

it('sets sysctls of its own namespaces and offsets of its own clocks', async (c) => {
  const user = actAsUser(c)
  const linux = {
    namespaces: namespaces('pid', 'network', 'ipc', 'uts', 'mount', 'user', 'time'),
    sysctl: { 'net.ipv4.ip_forward': '1', 'kernel.shm_rmid_forced': '1' },
    timeOffsets: { monotonic: { secs: 100000, nanosecs: 0 } },
  }
  const report = await c.report(user.bundle({ linux }), ['read:/proc/sys/net/ipv4/ip_forward', 'ns'])
  assert.equal(report['read:/proc/sys/net/ipv4/ip_forward']?.text?.trim(), '1')
  assert.match(report.ns.timeOffsets, /monotonic\s+100000\s+0/)
})

it('leaves nothing of a failed launch', async (c) => {
  const user = actAsUser(c)
  await c.refuses(user.bundle({ process: { args: ['/bin/missing'] } }), 'no such file or directory')
  assert.deepEqual(readdirSync(c.root), [])
})
