// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupDirectoryOf } from '../../harness/cgroup-files.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import { pidIn } from '../../harness/exec.ts'
import { probeFile } from '../../harness/places.ts'
import { controller } from '../../harness/requires.ts'
import { until } from '../../harness/until.ts'

const it = casesOf('lifecycle')

it('returns the exit status of the program', async (c) => {
  const bundle = c.bundle()
  for (const status of [0, 1, 7, 125, 126, 127, 128, 255]) {
    const call = await c.runtime(['run', '--bundle', bundle.probe('exit', String(status)).path, c.id()])
    assert.equal(call.status, status, String(call))
    assert.equal(call.stderr, '')
  }
  c.assertNothingLeft()
})

it('returns 128 and the number of the signal that ended the program', async (c) => {
  // Pid 1 of a pid namespace is immune to its own signals.
  const namespaces = [{ type: 'mount' }, { type: 'uts' }, { type: 'ipc' }, { type: 'network' }]
  const bundle = c.bundle({ linux: { namespaces }, process: { rlimits: [{ type: 'RLIMIT_CORE', soft: 0, hard: 0 }] } })
  for (const signal of [1, 2, 6, 9, 11, 15, 34]) {
    const call = await c.runtime(['run', '--bundle', bundle.probe('kill-self', String(signal)).path, c.id()])
    assert.equal(call.status, 128 + signal, String(call))
  }
})

it('returns 137 when the container is killed from outside', async (c) => {
  const { call, done } = c.start(['run', '--bundle', c.bundle().probe('wait').path, c.id()])
  await call.outputLine('ready')
  await c.succeed(['kill', c.id(), 'KILL'])
  assert.equal((await done).status, 137)
  c.assertNothingLeft()
})

it('deletes the container at the end', async (c) => {
  await c.succeed(['run', '--bundle', c.bundle().probe('exit', '0').path, c.id()])
  await c.fail(['state', c.id()], ['container does not exist'])
  c.assertNothingLeft()
})

it('keeps the container with --keep', async (c) => {
  const call = await c.runtime(['run', '--keep', '--bundle', c.bundle().probe('exit', '3').path, c.id()])
  assert.equal(call.status, 3)
  assert.equal((await c.state()).status, 'stopped')
  await c.succeed(['delete', c.id()])
  c.assertNothingLeft()
})

it(
  'returns the exit status of the program although the container cannot be deleted',
  async (c) => {
    const { call, done } = c.start(['run', '--bundle', c.bundle().probe('trap', '15').path, c.id()])
    await call.outputLine('ready')
    const stranger = spawn(probeFile, ['wait'], { stdio: 'ignore', env: { CONFORMANCE_TOKEN: c.token } })
    const gone = new Promise((resolve) => stranger.once('exit', resolve))
    c.atEnd(() => void stranger.kill('SIGKILL'))
    c.helpers.add(stranger.pid ?? 0)
    writeFileSync(join(cgroupDirectoryOf(await c.pid(), 'pids'), 'cgroup.procs'), `${stranger.pid}`)
    await c.succeed(['kill', c.id(), 'TERM'])
    assert.equal((await done).status, 0, String(call))
    assert.match(call.stderr, /level=warning .*cgroup.*device or resource busy/, String(call))
    stranger.kill('SIGKILL')
    await gone
    await c.succeed(['delete', '--force', c.id()])
    c.assertNothingLeft()
  },
  { requires: [controller('pids')] },
)

it('goes away with --detach while the program runs', async (c) => {
  const file = join(c.directory, 'pid')
  const call = await c.succeed([
    'run',
    '--detach',
    '--pid-file',
    file,
    '--bundle',
    c.bundle().probe('wait').path,
    c.id(),
  ])
  await call.outputLine('ready')
  const state = await c.state()
  assert.equal(state.status, 'running')
  assert.equal(readFileSync(file, 'utf8'), String(state.pid))
})

it('writes the pid file in the foreground too', async (c) => {
  const file = join(c.directory, 'pid')
  const { call, done } = c.start(['run', '--pid-file', file, '--bundle', c.bundle().probe('wait').path, c.id()])
  await call.outputLine('ready')
  assert.equal(await pidIn(file), await c.pid())
  await c.succeed(['kill', c.id(), 'KILL'])
  await done
})

it('leaves a container that ended in the background until it is deleted', async (c) => {
  await c.succeed(['run', '-d', '--bundle', c.bundle().probe('exit', '0').path, c.id()])
  await c.stopped()
  await c.succeed(['delete', c.id()])
  c.assertNothingLeft()
})

it('leaves nothing when the program cannot be run in the background', async (c) => {
  await c.fail(['run', '-d', '--bundle', c.bundle({ process: { args: ['/nowhere'] } }).path, c.id()], ['no such file'])
  c.assertNothingLeft()
})

it('passes signals on to the program', async (c) => {
  const { call, done } = c.start(['run', '--bundle', c.bundle().probe('trap', '15').path, c.id()])
  await call.outputLine('ready')
  for (const [name, number] of [
    ['SIGHUP', 1],
    ['SIGINT', 2],
    ['SIGQUIT', 3],
    ['SIGUSR1', 10],
    ['SIGUSR2', 12],
    ['SIGTERM', 15],
  ] as const) {
    process.kill(call.pid, name)
    await call.outputLine(`signal ${number}`)
  }
  assert.equal((await done).status, 0)
  c.assertNothingLeft()
})

it('can be stopped and continued without an effect on its result', async (c) => {
  const { call, done } = c.start(['run', '--bundle', c.bundle().probe('trap', '15').path, c.id()])
  await call.outputLine('ready')
  process.kill(call.pid, 'SIGSTOP')
  await until('the runtime to stop', () => /^State:\s+T/m.test(readFileSync(`/proc/${call.pid}/status`, 'utf8')))
  await c.succeed(['kill', c.id(), 'TERM'])
  // Its output may pass through the runtime: it is complete only now.
  process.kill(call.pid, 'SIGCONT')
  assert.equal((await done).status, 0)
  assert.match(call.stdout, /signal 15/)
})

it('runs twenty containers of one bundle one after the other', async (c) => {
  const bundle = c.bundle().probe('exit', '6')
  for (let i = 0; i < 20; i++) {
    const call = await c.runtime(['run', '--bundle', bundle.path, c.id(String(i))])
    assert.equal(call.status, 6, String(call))
  }
  c.assertNothingLeft()
})

it('runs containers of one bundle at the same time', async (c) => {
  const bundle = c.bundle().probe('exit', '6')
  const calls = Array.from({ length: 6 }, (_, i) => c.runtime(['run', '--bundle', bundle.path, c.id(String(i))]))
  for (const call of await Promise.all(calls)) assert.equal(call.status, 6, String(call))
  c.assertNothingLeft()
})

it('writes a large output completely', async (c) => {
  const args = ['sh', '-c', 'busybox yes 0123456789 | busybox head -c 1000000']
  const call = await c.succeed(['run', '--bundle', c.bundle({ process: { args } }, { busybox: true }).path, c.id()])
  assert.equal(call.stdout.length, 1000000)
})

it('refuses a terminal in the background without a console socket', async (c) => {
  const bundle = c.bundle({ process: { terminal: true } }).probe('exit', '0')
  await c.fail(
    ['run', '-d', '--bundle', bundle.path, c.id()],
    ['cannot allocate tty if runc will detach without setting console socket'],
  )
  c.assertNothingLeft()
})

it('refuses a console socket that nobody needs', async (c) => {
  const bundle = c.bundle().probe('exit', '0')
  await c.fail(
    ['run', '--console-socket', '/tmp/nobody', '--bundle', bundle.path, c.id()],
    ['cannot use console socket if runc will not detach or allocate tty'],
  )
  c.assertNothingLeft()
})
