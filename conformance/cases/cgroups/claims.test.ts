// SPDX-License-Identifier: Apache-2.0
// Containers that want one cgroupsPath: whatever becomes of one, the other keeps its cgroup, its processes and its unit.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Bundle } from '../../harness/bundle.ts'
import { SYSTEMD_FLAGS, scopePath } from '../../harness/cgroup-driver.ts'
import { cgroupDirectoryOf, cgroupMounts, isPureV2, readCgroup } from '../../harness/cgroup-files.ts'
import { type Case, casesOf, isAlive, pidFile } from '../../harness/conformance-case.ts'
import { processesOf } from '../../harness/host-snapshot.ts'
import { systemd, unitsOf } from '../../harness/systemd.ts'
import { until } from '../../harness/until.ts'
import { isRunts, strace } from '../executable/traced-run.ts'

const [cgroupfs, throughSystemd] = [
  {
    room: casesOf('cgroups'),
    flags: [],
    pathOf: (c: Case) => `/${c.token}`,
    directoryOf: (c: Case) => `/${c.token}`,
    controller: isPureV2() ? '' : 'memory',
  },
  {
    room: casesOf('systemd', { requires: [systemd] }),
    flags: SYSTEMD_FLAGS,
    pathOf: (c: Case) => scopePath(c.token),
    directoryOf: (c: Case) => `/system.slice/test-${c.token}.scope`,
    controller: 'systemd',
  },
] as const
type Driver = typeof cgroupfs | typeof throughSystemd

/** A state directory of its own: the runtime cannot see from one what is in the other. */
const elsewhere = (c: Case) => ['--root', join(c.directory, 'elsewhere')]

function create({ flags }: Driver, bundle: Bundle, id: string, root: string[] = []): string[] {
  return [...root, ...flags, 'create', '--bundle', bundle.path, '--pid-file', pidFile(bundle, id), id]
}

function bundleOf(c: Case, driver: Driver, patch = {}): Bundle {
  return c.bundle({ linux: { cgroupsPath: driver.pathOf(c) }, ...patch }).probe('wait')
}

/** The container whose cgroup it is, with cgroups that it made below its own, and what must stay of it. */
async function owner(c: Case, driver: Driver): Promise<() => Promise<void>> {
  await c.succeed(create(driver, bundleOf(c, driver), c.id()))
  await c.succeed(['start', c.id()])
  const pid = await c.pid()
  const own = cgroupMounts().map((mount) => mount.path + driver.directoryOf(c))
  const below = own.filter((directory) => existsSync(directory)).map((directory) => join(directory, 'below'))
  for (const directory of below) mkdirSync(directory)
  return async () => {
    assert.ok(isAlive(pid))
    assert.equal((await c.state()).status, 'running')
    assert.equal(readCgroup(pid, driver.controller, 'cgroup.procs'), String(pid))
    assert.deepEqual(
      below.filter((directory) => !existsSync(directory)),
      [],
    )
  }
}

/** `create` of a second container that is killed as soon as it looks into the cgroup, which runts does with a record. */
async function killedAtFirstLook(c: Case, driver: Driver, root: string[]): Promise<void> {
  const directories = cgroupMounts().map((mount) => mount.path + driver.directoryOf(c))
  const paths = directories.flatMap((directory) => ['-P', directory, '-P', `${directory}/cgroup.procs`])
  const calls = 'open,openat,mkdir,mkdirat'
  const wrapper = ['strace', '-f', '-qq', '-o', '/dev/null', ...paths, '-e', `trace=${calls}`]
  wrapper.push('-e', `inject=${calls}:signal=KILL`)
  const call = await c.runtime(create(driver, bundleOf(c, driver), c.id('second'), root), { wrapper })
  assert.equal(call.signal ?? call.status, 'SIGKILL', String(call))
  await c.succeed([...root, 'state', c.id('second')])
}

/** `create` that has made its cgroup, and is killed as it is about to say in its record that this is its own. */
async function killedBeforeClaim(c: Case, driver: Driver): Promise<void> {
  const calls = 'rename,renameat,renameat2'
  // A record comes to be by rename(2); the first is of a container of which nothing exists yet.
  const inject = `inject=${calls}:error=EIO:signal=KILL:when=2`
  const wrapper = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', inject]
  const call = await c.runtime(create(driver, bundleOf(c, driver), c.id()), { wrapper })
  assert.equal(call.signal ?? call.status, 'SIGKILL', String(call))
}

throughSystemd.room(
  'is cleaned up by delete --force after create was killed that had just asked systemd for the unit',
  async (c) => {
    const driver = throughSystemd
    const wrapper = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=ppoll']
    // It waits for the version first. The process that the unit is for dies before systemd moves it, or after.
    wrapper.push('-e', 'inject=ppoll:signal=KILL:when=2')
    const call = await c.runtime(create(driver, bundleOf(c, driver), c.id()), { wrapper })
    assert.equal(call.signal ?? call.status, 'SIGKILL', String(call))
    await c.succeed(['delete', '--force', c.id()])
    assert.deepEqual(unitsOf(c.token), [])
    c.assertNothingLeft()
  },
  { requires: [isRunts, strace] },
)

for (const driver of [cgroupfs, throughSystemd]) {
  const it = driver.room

  it(
    'is cleaned up by delete --force after create was killed before it could tell whose the cgroup is',
    async (c) => {
      await killedBeforeClaim(c, driver)
      await c.succeed(['delete', '--force', c.id()])
      if (driver === throughSystemd) assert.deepEqual(unitsOf(c.token), [])
      c.assertNothingLeft()
    },
    { requires: [isRunts, strace] },
  )

  for (const [where, rootOf] of [
    ['the same root', () => []],
    ['another root', elsewhere],
  ] as const) {
    it(
      `leaves the cgroup of another container of ${where} alone after a create that was killed`,
      async (c) => {
        const isUntouched = await owner(c, driver)
        await killedAtFirstLook(c, driver, rootOf(c))
        await c.succeed([...rootOf(c), 'delete', '--force', c.id('second')])
        await isUntouched()
      },
      { requires: [isRunts, strace] },
    )
  }

  it('leaves the cgroup alone that another container has taken since create was killed', async (c) => {
    const hook = { path: '/bin/sleep', args: ['sleep', '1000'], env: [`CONFORMANCE_TOKEN=${c.token}`] }
    const bundle = bundleOf(c, driver, { hooks: { createRuntime: [hook] } })
    const { call, done } = c.start(create(driver, bundle, c.id('first')))
    await until('the hook', () => processesOf(c.token).some(isSleep) || undefined)
    process.kill(call.pid, 'SIGKILL')
    await done
    for (const pid of processesOf(c.token)) if (isSleep(pid)) process.kill(pid, 'SIGKILL')
    await until('the end of its processes', () => processesOf(c.token).length === 0)
    const isUntouched = await owner(c, driver)
    await c.succeed(['delete', '--force', c.id('first')])
    await isUntouched()
  })

  it('leaves the cgroup alone that another container has taken since its own ended', async (c) => {
    await c.succeed(create(driver, bundleOf(c, driver), c.id('first')))
    const made = cgroupDirectoryOf(await c.pid(c.id('first')), driver.controller)
    await c.kill(c.id('first'))
    // systemd does that by itself.
    if (driver === cgroupfs) for (const mount of cgroupMounts()) removeIfThere(mount.path + driver.directoryOf(c))
    await until('the end of its cgroup', () => !existsSync(made))
    const isUntouched = await owner(c, driver)
    await c.succeed(['delete', c.id('first')])
    await isUntouched()
  })
}

function removeIfThere(directory: string): void {
  if (existsSync(directory)) rmdirSync(directory)
}

function isSleep(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n'
}
