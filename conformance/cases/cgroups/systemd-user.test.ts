// SPDX-License-Identifier: Apache-2.0
// Containers of an ordinary user whose own systemd makes their units. A case needs a user that is logged in or lingers.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { userNamespace } from '../../harness/base-config.ts'
import type { Bundle } from '../../harness/bundle.ts'
import { cgroupDirectoryOf, readCgroup } from '../../harness/cgroup-files.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import type { Json } from '../../harness/json.ts'
import { cgroupV2, type Requirement } from '../../harness/requires.ts'
import { systemd } from '../../harness/systemd.ts'

/** The uid of an ordinary user with a running systemd. */
function userWithSystemd(): number | undefined {
  if (!existsSync('/run/user')) return undefined
  return readdirSync('/run/user')
    .map(Number)
    .find((uid) => uid > 0 && existsSync(`/run/user/${uid}/systemd/private`))
}

const userSystemd: Requirement = () =>
  userWithSystemd() === undefined ? 'needs an ordinary user with a running systemd (loginctl enable-linger)' : undefined

const it = casesOf('systemd user', { requires: [systemd, cgroupV2, userSystemd] })

const uid = userWithSystemd() ?? 0
const runtimeDirectory = `/run/user/${uid}`
const inSession = ['systemd-run', '--user', '--scope', '--quiet', '--property=Delegate=yes', '--']
const asUser = [
  'setpriv',
  `--reuid=${uid}`,
  `--regid=${uid}`,
  '--clear-groups',
  'env',
  `XDG_RUNTIME_DIR=${runtimeDirectory}`,
]

/** From now on the runtime is called by the user, from a scope of the user's own as after a login. */
function actAs(c: Case): void {
  execFileSync('chown', ['-R', `${uid}:${uid}`, c.directory])
  c.caller = { wrapper: [...asUser, ...inSession], cwd: '/' }
}

function bundleOf(c: Case, linux: { [key: string]: Json }): Bundle {
  const bundle = c.bundle({
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
    linux: {
      ...userNamespace(['pid', 'ipc', 'uts', 'mount', 'cgroup'], uid, 1),
      resources: undefined,
      ...linux,
    },
  })
  execFileSync('chown', ['-R', `${uid}:${uid}`, bundle.path])
  return bundle
}

function userProperty(unit: string, name: string): string {
  const [command = '', ...rest] = [...asUser, 'systemctl', '--user', 'show', '--value', `--property=${name}`, unit]
  return execFileSync(command, rest).toString().trim()
}

it("has the user's systemd make a scope with limits, and remove it", async (c) => {
  actAs(c)
  const resources = { memory: { limit: 67108864 }, pids: { limit: 50 } }
  const bundle = bundleOf(c, { cgroupsPath: `user.slice:test:${c.token}`, resources }).probe('wait')
  await c.succeed(['--systemd-cgroup', 'create', '--bundle', bundle.path, c.id()])
  await c.succeed(['start', c.id()])
  const pid = await c.pid()
  const unit = `test-${c.token}.scope`
  const directory = cgroupDirectoryOf(pid, 'memory')
  assert.ok(directory.endsWith(`/user@${uid}.service/user.slice/${unit}`), directory)
  assert.equal(statSync(directory).uid, uid)
  assert.deepEqual(
    ['MemoryMax', 'TasksMax'].map((name) => userProperty(unit, name)),
    ['67108864', '50'],
  )
  assert.equal(readCgroup(pid, 'memory', 'memory.max'), '67108864')
  assert.equal(readCgroup(pid, 'pids', 'pids.max'), '50')
  await c.kill()
  await c.succeed(['delete', c.id()])
  assert.equal(userProperty(unit, 'LoadState'), 'not-found')
  c.assertNothingLeft()
})

it('puts a container without cgroupsPath into user.slice of the user', async (c) => {
  actAs(c)
  const bundle = bundleOf(c, {}).probe('report', 'ids')
  await c.succeed(['--systemd-cgroup', 'run', '--bundle', bundle.path, c.id()])
  c.assertNothingLeft()
})

it('runs further processes in the scope of the user', async (c) => {
  actAs(c)
  const bundle = bundleOf(c, { cgroupsPath: `user.slice:test:${c.token}` }).probe('wait')
  await c.succeed(['--systemd-cgroup', 'create', '--bundle', bundle.path, c.id()])
  await c.succeed(['start', c.id()])
  await c.succeed(['exec', '--detach', c.id(), '/bin/probe', 'wait'])
  assert.equal(readCgroup(await c.pid(), 'memory', 'cgroup.procs').split('\n').length, 2)
  await c.succeed(['delete', '--force', c.id()])
  c.assertNothingLeft()
})

it('runs further processes in the scope of the user from outside of what that systemd manages', async (c) => {
  actAs(c)
  const bundle = bundleOf(c, { cgroupsPath: `user.slice:test:${c.token}` }).probe('wait')
  await c.succeed(['--systemd-cgroup', 'create', '--bundle', bundle.path, c.id()])
  await c.succeed(['start', c.id()])
  // As in a login, which is a scope of the system.
  c.caller = { wrapper: asUser, cwd: '/' }
  await c.succeed(['exec', '--detach', c.id(), '/bin/probe', 'wait'])
  assert.equal(readCgroup(await c.pid(), 'memory', 'cgroup.procs').split('\n').length, 2)
  const below = join(cgroupDirectoryOf(await c.pid(), 'memory'), 'below')
  execFileSync(asUser[0] ?? '', [...asUser.slice(1), 'mkdir', below])
  await c.succeed(['exec', '--detach', '--cgroup', 'below', c.id(), '/bin/probe', 'wait'])
  assert.match(readFileSync(join(below, 'cgroup.procs'), 'utf8'), /^\d+\n$/)
  await c.succeed(['delete', '--force', c.id()])
  c.assertNothingLeft()
})

it('says where the systemd of the user cannot be found', async (c) => {
  actAs(c)
  c.caller = {
    wrapper: [...asUser.slice(0, 4), 'env', '-u', 'XDG_RUNTIME_DIR', '-u', 'DBUS_SESSION_BUS_ADDRESS'],
    cwd: '/',
  }
  const bundle = bundleOf(c, {})
  const call = await c.runtime(['--systemd-cgroup', 'run', '--bundle', bundle.path, c.id()])
  assert.notEqual(call.status, 0, String(call))
  assert.match(call.stderr, /cannot connect to the systemd instance of this user/)
  assert.match(call.stderr, /XDG_RUNTIME_DIR/)
})
