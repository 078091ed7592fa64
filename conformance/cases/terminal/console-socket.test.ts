// SPDX-License-Identifier: Apache-2.0
// What a receiver at --console-socket gets, and who may ask for one.
import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { casesOf } from '../../harness/conformance-case.ts'
import { receiveTerminal } from '../../harness/terminal.ts'

const it = casesOf('terminal/console-socket')

const detached = 'cannot allocate tty if runc will detach without setting console socket'
const useless = 'cannot use console socket if runc will not detach or allocate tty'

it('gets a name and one descriptor in one message, when a container is created', async (c) => {
  const receiver = await receiveTerminal(c)
  const bundle = c.bundle({ process: { terminal: true } }).probe('report', 'terminal', 'tty')
  await c.create(bundle, c.id(), '--console-socket', receiver.path)
  const [, bytes] = await receiver.line(/^received (\d+) bytes, 1 descriptors, terminal 1, then 0 bytes$/m)
  assert.ok(Number(bytes) > 0 && Number(bytes) < 4096)
  assert.doesNotMatch(receiver.text(), /names/, 'nothing runs before start')
  await c.succeed(['start', c.id()])
  await receiver.line(/^hung up$/m)
  const report = JSON.parse(receiver.text().split('\n')[2] ?? '')
  assert.deepEqual(report.tty, [true, true, true])
  assert.deepEqual(report.terminal.names, ['/dev/pts/0', '/dev/pts/0', '/dev/pts/0'])
})

it('serves a container that runs in the background, in both directions', async (c) => {
  const receiver = await receiveTerminal(c, 'console', 'exit 7\n')
  const bundle = c.bundle({ process: { terminal: true, args: ['sh'] } }, { busybox: true })
  await c.succeed(['run', '-d', '--console-socket', receiver.path, '--bundle', bundle.path, c.id()])
  await receiver.line(/exit 7\r\n/)
  await receiver.line(/^hung up$/m)
  await c.stopped()
})

it('may have a path of more than 108 bytes', async (c) => {
  // The receiver binds its socket by a shorter name.
  const receiver = await receiveTerminal(c)
  const directory = join(c.directory, 'x'.repeat(100), 'y'.repeat(100))
  mkdirSync(directory, { recursive: true })
  symlinkSync(receiver.path, join(directory, 'console'))
  const bundle = c.bundle({ process: { terminal: true } }).probe('exit', '0')
  await c.succeed(['run', '-d', '--console-socket', join(directory, 'console'), '--bundle', bundle.path, c.id()])
  await receiver.line(/^received/m)
})

it('is asked for by whoever leaves a terminal behind', async (c) => {
  const bundle = c.bundle({ process: { terminal: true } }).probe('exit', '0')
  await c.fail(['create', '--bundle', bundle.path, c.id()], [detached])
  await c.fail(['run', '--detach', '--bundle', bundle.path, c.id()], [detached])
  c.assertNothingLeft()
})

it('is refused where nobody needs it', async (c) => {
  const plain = c.bundle().probe('exit', '0')
  const terminal = c.bundle({ process: { terminal: true } }).probe('exit', '0')
  const socket = ['--console-socket', join(c.directory, 'console')]
  for (const how of [['create'], ['run', '-d'], ['run']]) {
    await c.fail([...how, ...socket, '--bundle', plain.path, c.id()], [useless])
  }
  await c.fail(['run', ...socket, '--bundle', terminal.path, c.id()], [useless])
  c.assertNothingLeft()
})

it('leaves nothing behind where nobody listens', async (c) => {
  const bundle = c.bundle({ process: { terminal: true } }).probe('exit', '0')
  const missing = join(c.directory, 'nobody')
  await c.fail(['create', '--console-socket', missing, '--bundle', bundle.path, c.id()], [/no such file|ENOENT/])
  c.assertNothingLeft()
  const receiver = await receiveTerminal(c)
  process.kill(receiver.pid, 'SIGKILL')
  await c.fail(['run', '-d', '--console-socket', receiver.path, '--bundle', bundle.path, c.id()], [/refused|REFUSED/])
  c.assertNothingLeft()
})

it('has a terminal of the size that the config says', async (c) => {
  const receiver = await receiveTerminal(c)
  const consoleSize = { height: 33, width: 99 }
  const bundle = c.bundle({ process: { terminal: true, consoleSize } }).probe('report', 'terminal')
  await c.succeed(['run', '-d', '--console-socket', receiver.path, '--bundle', bundle.path, c.id()])
  await receiver.line(/"rows":33,"columns":99/)
})
