// SPDX-License-Identifier: Apache-2.0
// NOTIFY_SOCKET: the program tells the service manager outside that it is ready (sd_notify(3)), and nothing else.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { userNamespace } from '../../harness/base-config.ts'
import type { Bundle } from '../../harness/bundle.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { type HostHelper, startHelper } from '../../harness/host-helper.ts'
import type { RunOptions } from '../../harness/run-runtime.ts'
import { until } from '../../harness/until.ts'

const it = casesOf('notify')

interface Manager {
  readonly helper: HostHelper
  readonly options: RunOptions
  /** What was heard, one line a datagram. */
  heard(count: number): Promise<string[]>
}

async function manager(c: Case, address = join(c.directory, 'manager.sock')): Promise<Manager> {
  const helper = await startHelper(c, 'notified', address)
  const lines = () => helper.lines().slice(1)
  const heard = (count: number) => until(`${count} datagrams`, () => (lines().length >= count ? lines() : undefined))
  return { helper, options: { env: { NOTIFY_SOCKET: address } }, heard }
}

const messages = (pid: number) => ['READY=1| fds 0', `MAINPID=${pid}| fds 0`, 'BARRIER=1 fds 1']
const notifying = (c: Case, ...texts: string[]): Bundle => c.bundle().probe('notify', ...texts)

function readyThenWaiting(c: Case): Bundle {
  const args = ['sh', '-c', 'probe notify READY=1; exec probe wait']
  return c.bundle({ process: { args } }, { busybox: true })
}

it('mounts a directory for the socket, which the program cannot write to, and names it in the environment', async (c) => {
  const { options } = await manager(c)
  const bundle = c.bundle({ process: { env: ['NOTIFY_SOCKET=/elsewhere'] } })
  const report = await c.report(bundle, ['env', 'mounts', 'create:/run/notify/file'], options)
  assert.deepEqual(
    report.env.filter((entry) => entry.startsWith('NOTIFY_SOCKET=')),
    ['NOTIFY_SOCKET=/run/notify/notify.sock'],
  )
  const mount = report.mounts.find(({ target }) => target === '/run/notify')
  for (const option of ['ro', 'nosuid', 'nodev', 'noexec']) assert.ok(mount?.options.includes(option), option)
  assert.equal(report['create:/run/notify/file'], 'EROFS')
})

it('does nothing of it without NOTIFY_SOCKET', async (c) => {
  const { env, mounts } = await c.report(c.bundle(), ['env', 'mounts'], { env: { NOTIFY_SOCKET: '' } })
  assert.ok(!env.some((entry) => entry.startsWith('NOTIFY_SOCKET')))
  assert.ok(!mounts.some(({ target }) => target === '/run/notify'))
})

it('tells the service manager from start that the program is ready, with its pid, and waits for that', async (c) => {
  const { options, heard } = await manager(c)
  await c.succeed(['create', '--bundle', readyThenWaiting(c).path, c.id()], options)
  await c.succeed(['start', c.id()], options)
  assert.deepEqual(await heard(3), messages(await c.pid()))
})

it('tells the service manager from run --detach', async (c) => {
  const { options, heard } = await manager(c)
  await c.succeed(['run', '--detach', '--bundle', readyThenWaiting(c).path, c.id()], options)
  assert.deepEqual(await heard(3), messages(await c.pid()))
})

it('names itself as the main process in the foreground, and passes signals on before the program is ready', async (c) => {
  const { options, heard } = await manager(c)
  const traps = 'trap "probe notify READY=1" USR1; trap "exit 7" TERM'
  const script = `${traps}; echo ready; while :; do busybox sleep 0.05; done`
  const bundle = c.bundle({ process: { args: ['sh', '-c', script] } }, { busybox: true })
  const { call, done } = c.start(['run', '--bundle', bundle.path, c.id()], options)
  await call.outputLine('ready')
  process.kill(call.pid, 'SIGUSR1')
  assert.deepEqual(await heard(3), messages(call.pid))
  process.kill(call.pid, 'SIGTERM')
  await done
  assert.equal(call.status, 7, String(call))
  c.assertNothingLeft()
})

it('tells of a program that was ready and has ended since', async (c) => {
  const { options, heard } = await manager(c)
  const { call, done } = c.start(['run', '--bundle', notifying(c, 'READY=1').path, c.id()], options)
  await done
  assert.deepEqual(await heard(3), messages(call.pid))
  c.assertNothingLeft()
})

it('finds READY=1 among other lines, and passes none of them on', async (c) => {
  const { options, heard } = await manager(c)
  const texts = ['STATUS=starting', 'READY=0', 'XREADY=1', 'MAINPID=1', 'STATUS=up\nREADY=1\nMAINPID=1\n']
  const { call, done } = c.start(['run', '--bundle', notifying(c, ...texts).path, c.id()], options)
  await done
  assert.deepEqual(await heard(3), messages(call.pid))
})

it('reaches a service manager at an abstract socket', async (c) => {
  const { options, heard } = await manager(c, `@${c.token}/manager`)
  const { call, done } = c.start(['run', '--bundle', notifying(c, 'READY=1').path, c.id()], options)
  await done
  assert.deepEqual(await heard(3), messages(call.pid))
})

it('outlives garbage, floods, huge and empty datagrams and descriptors from the container', async (c) => {
  const { options, heard } = await manager(c)
  const texts = ['\u0001\u0002', '+empty', '+huge', '+fds', '+flood', '+fds', 'READY=1']
  const { call, done } = c.start(['run', '--bundle', notifying(c, ...texts).path, c.id()], options)
  await done
  assert.equal(call.status, 0, String(call))
  assert.deepEqual(await heard(3), messages(call.pid))
  c.assertNothingLeft()
})

it('does not wait for a program that ends without a word', async (c) => {
  const { options } = await manager(c)
  for (const command of ['run', 'run --detach', 'start']) {
    const bundle = c.bundle().probe('exit', '5')
    if (command === 'start') await c.succeed(['create', '--bundle', bundle.path, c.id()], options)
    const args = command === 'start' ? ['start'] : [...command.split(' '), '--bundle', bundle.path]
    const call = await c.runtime([...args, c.id()], options)
    assert.equal(call.status, command === 'run' ? 5 : 0, String(call))
    if (command !== 'run') await c.succeed(['delete', '--force', c.id()])
    c.assertNothingLeft()
  }
})

it('is open to a program of another user, also in a user namespace', async (c) => {
  const { options, heard } = await manager(c)
  const patches = [
    { process: { user: { uid: 1000, gid: 1000 } } },
    { process: { user: { uid: 7, gid: 7 } }, linux: userNamespace() },
  ]
  for (const [index, patch] of patches.entries()) {
    const rootfs = (path: string) => mkdirSync(join(path, 'run/notify'), { recursive: true })
    const bundle = c.bundle(patch, { rootfs }).probe('notify', 'READY=1')
    const call = await c.succeed(['run', '--bundle', bundle.path, c.id(String(index))], options)
    assert.equal(call.stdout, 'told\n', String(call))
    await heard(3 * (index + 1))
  }
})

it('follows no link of the image out of its root for the place of the socket', async (c) => {
  const { options } = await manager(c)
  const canary = join(c.directory, 'canary')
  const rootfs = (path: string) => symlinkSync(canary, join(path, 'run'))
  await c.succeed(['run', '--bundle', c.bundle().probe('exit', '0').path, c.id()], options)
  const call = await c.runtime(['run', '--bundle', c.bundle({}, { rootfs }).probe('exit', '0').path, c.id()], options)
  assert.ok(!existsSync(canary), String(call))
  c.assertNothingLeft()
})

it('lets other commands act on the container while start waits, and ends when they end it', async (c) => {
  const { options } = await manager(c)
  const created = await c.succeed(['create', '--bundle', c.bundle().probe('wait').path, c.id()], options)
  const { call, done } = c.start(['start', c.id()], options)
  await created.outputLine('ready')
  await c.kill()
  await done
  assert.equal(call.status, 0, String(call))
  await c.succeed(['delete', c.id()])
  c.assertNothingLeft()
})

it('leaves a container that can be deleted when start is killed while it waits', async (c) => {
  const { options } = await manager(c)
  const created = await c.succeed(['create', '--bundle', c.bundle().probe('wait').path, c.id()], options)
  const { call, done } = c.start(['start', c.id()], options)
  await created.outputLine('ready')
  process.kill(call.pid, 'SIGKILL')
  await done
  assert.equal((await c.state()).status, 'running')
  await c.succeed(['delete', '--force', c.id()])
  c.assertNothingLeft()
})

it('runs the container where no service manager listens', async (c) => {
  const options = { env: { NOTIFY_SOCKET: join(c.directory, 'nobody') } }
  const call = await c.runtime(['run', '--bundle', c.bundle().probe('exit', '3').path, c.id()], options)
  assert.equal(call.status, 3, String(call))
  c.assertNothingLeft()
})

it('keeps the directory of the socket from others on the host', async (c) => {
  const { options } = await manager(c)
  await c.succeed(['create', '--bundle', c.bundle().probe('wait').path, c.id()], options)
  assert.deepEqual(readdirSync(join(c.root, c.id(), 'notify')), [])
  assert.equal(statSync(join(c.root, c.id(), 'notify')).mode & 0o777, 0o755)
  assert.equal(statSync(c.root).mode & 0o077, 0)
})
