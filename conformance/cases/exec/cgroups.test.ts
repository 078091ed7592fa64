// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupDirectoryOf, cgroupMounts } from '../../harness/cgroup-files.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { execFails, pidIn, startWaiting } from '../../harness/exec.ts'
import { cgroupV1 } from '../../harness/requires.ts'

const it = casesOf('exec')

let counter = 0

/** Where a process that was executed with these flags is, as `/proc/PID/cgroup` of the host says. */
async function cgroupsOf(c: Case, flags: string[]): Promise<Map<string, string>> {
  const pidFile = join(c.directory, `pid${++counter}`)
  const { call, done } = c.start(['exec', '--pid-file', pidFile, ...flags, c.id(), '/bin/probe', 'trap', '15'])
  await call.outputLine('ready')
  const pid = await pidIn(pidFile)
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n')
  process.kill(pid, 'SIGTERM')
  assert.equal((await done).status, 0)
  // Controllers may share a hierarchy.
  const placesOf = ([, names = '', path = '']: string[]) => names.split(',').map((name) => [name, path] as const)
  return new Map(lines.flatMap((line) => placesOf(line.split(':'))))
}

async function subCgroup(c: Case, controller: string, name: string): Promise<string> {
  const directory = join(cgroupDirectoryOf(await c.pid(), controller), name)
  mkdirSync(directory)
  return directory
}

it(
  '--cgroup puts a process below the cgroup of the container, by controller',
  async (c) => {
    await startWaiting(c)
    const own = await cgroupsOf(c, [])
    for (const controller of ['cpu', 'memory', 'pids']) await subCgroup(c, controller, 'sub')
    await subCgroup(c, 'cpu', 'other')
    const found = await cgroupsOf(c, ['--cgroup', 'cpu,memory:sub', '--cgroup', 'pids:/sub'])
    assert.equal(found.get('cpu'), `${own.get('cpu')}/sub`)
    assert.equal(found.get('memory'), `${own.get('memory')}/sub`)
    assert.equal(found.get('pids'), `${own.get('pids')}/sub`)
    assert.equal(found.get('freezer'), own.get('freezer'))
    assert.equal((await cgroupsOf(c, ['--cgroup', 'cpu:other'])).get('cpu'), `${own.get('cpu')}/other`)
  },
  { requires: [cgroupV1] },
)

it('--cgroup refuses what is no sub-cgroup of the container', async (c) => {
  await startWaiting(c)
  const program = [c.id(), '/bin/probe', 'exit', '0']
  for (const path of ['..', 'a/../..', `../${c.id()}sibling`, 'sub/../../other'])
    await execFails(c, ['--cgroup', path, ...program], ' is not a sub cgroup path')
  await execFails(c, ['--cgroup', 'nonexistent', ...program], /adding pid .*o such file or directory/)
})

it(
  '--cgroup refuses controllers that are not there, not named, or named twice',
  async (c) => {
    await startWaiting(c)
    const program = [c.id(), '/bin/probe', 'exit', '0']
    await execFails(c, ['--cgroup', 'bogus:/', ...program], 'unknown controller ')
    await execFails(c, ['--cgroup', ':/', ...program], 'invalid --cgroup argument', 'empty <controller> prefix')
    await execFails(c, ['--cgroup', 'cpu:/', '--cgroup', '/', ...program], 'missing <controller>: prefix')
    await execFails(c, ['--cgroup', 'cpu:/', '--cgroup', 'cpu:/', ...program], 'specified multiple times')
  },
  { requires: [cgroupV1] },
)

it("goes to the cgroup of the container's first process where its own has gone", async (c) => {
  await startWaiting(c)
  const pid = await c.pid()
  const own = cgroupV2Of(pid)
  const other = `${own}-moved`
  mkdirSync(other)
  c.atEnd(() => {
    if (existsSync(other)) rmdirSync(other)
  })
  writeFileSync(join(other, 'cgroup.procs'), `${pid}`)
  rmdirSync(own)
  const found = await cgroupsOf(c, [])
  assert.equal(found.get(''), readFileSync(`/proc/${pid}/cgroup`, 'utf8').match(/^0::(.*)$/m)?.[1])
  await c.kill()
  await c.succeed(['delete', c.id()])
})

/** The directory of a process in the unified hierarchy. */
function cgroupV2Of(pid: number): string {
  const mount = cgroupMounts().find(({ version }) => version === 2)
  const path = /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1]
  assert.ok(mount && path)
  return mount.path + path
}
