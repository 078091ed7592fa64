// SPDX-License-Identifier: Apache-2.0
// Terminals of further processes in a container.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { userNamespace } from '../../harness/base-config.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import type { Patch } from '../../harness/json.ts'
import { actAsUser, rootlessNeeds } from '../../harness/ordinary-user.ts'
import { inTerminal, receiveTerminal } from '../../harness/terminal.ts'

const it = casesOf('terminal/exec')
const detached = 'cannot allocate tty if runc will detach without setting console socket'
const useless = 'cannot use console socket if runc will not detach or allocate tty'
const probe = ['/bin/probe', 'report', 'terminal', 'fds']

/** A container without a terminal that waits. */
async function begin(c: Case, patch: Patch = {}) {
  const bundle = c.bundle(patch).probe('wait')
  await c.createAndStart(bundle)
  return bundle
}

function assertTerminal(stdout: string, changes: Record<string, unknown> = {}): void {
  const { terminal, fds } = JSON.parse(stdout)
  const { onlcr: _, rows: __, columns: ___, ...rest } = terminal
  const names = ['/dev/pts/0', '/dev/pts/0', '/dev/pts/0']
  const expected = { names, uid: 0, gid: 5, mode: 0o620, controlling: true, console: false }
  assert.deepEqual(rest, { ...expected, ...changes })
  assert.deepEqual(fds, [0, 1, 2])
}

it('is of the devpts of the container, controls its session and is no console', async (c) => {
  await begin(c)
  const call = await inTerminal(c, [], ['exec', '-t', c.id(), ...probe])
  assert.equal(call.status, 0, String(call))
  assertTerminal(call.stdout)
  assert.match(call.stderr, /^modes restored$/m)
})

it('belongs to the user of the process', async (c) => {
  await begin(c)
  const call = await inTerminal(c, [], ['exec', '--tty', '--user', '1234:1234', c.id(), ...probe])
  assertTerminal(call.stdout, { uid: 1234 })
})

it('is beside the terminal of the container itself', async (c) => {
  const receiver = await receiveTerminal(c)
  const bundle = c.bundle({ process: { terminal: true } }).probe('wait')
  await c.create(bundle, c.id(), '--console-socket', receiver.path)
  await c.succeed(['start', c.id()])
  const call = await inTerminal(c, [], ['exec', '-t', c.id(), ...probe])
  assertTerminal(call.stdout, { names: ['/dev/pts/1', '/dev/pts/1', '/dev/pts/1'] })
})

it('is there in a user namespace', async (c) => {
  await begin(c, { linux: userNamespace() })
  const call = await inTerminal(c, [], ['exec', '-t', '--user', '7:7', c.id(), ...probe])
  assertTerminal(call.stdout, { uid: 7 })
})

it(
  'is there for an ordinary user',
  async (c) => {
    const user = actAsUser(c)
    await c.createAndStart(user.bundle().probe('wait'))
    const wrapper = [...c.wrapper('in-terminal', '--'), ...(c.caller.wrapper ?? [])]
    const call = await c.runtime(['exec', '-t', c.id(), ...probe], { wrapper })
    assertTerminal(call.stdout, { gid: 0 })
  },
  { requires: rootlessNeeds },
)

it('has the size of the terminal it is relayed to before the program starts', async (c) => {
  await begin(c)
  const call = await inTerminal(c, ['size=11x222'], ['exec', '-t', c.id(), ...probe])
  const { terminal } = JSON.parse(call.stdout)
  assert.deepEqual([terminal.rows, terminal.columns], [11, 222])
})

it('has the exit status of the program', async (c) => {
  await begin(c)
  const call = await inTerminal(c, [], ['exec', '-t', c.id(), '/bin/probe', 'exit', '9'])
  assert.equal(call.status, 9, String(call))
  const signalled = await inTerminal(c, ['after=ready', 'signal=15'], ['exec', '-t', c.id(), '/bin/probe', 'wait'])
  assert.equal(signalled.status, 143, String(signalled))
  assert.match(signalled.stderr, /^modes restored$/m)
})

it('restores the terminal when the program cannot be started', async (c) => {
  await begin(c)
  const call = await inTerminal(c, [], ['exec', '-t', c.id(), '/bin/no-such-program'])
  assert.equal(call.status, 255, String(call))
  assert.match(call.stderr, /^modes restored$/m)
})

it('restores the terminal when the container is killed', async (c) => {
  await begin(c)
  const wrapper = c.wrapper('in-terminal', '--')
  const { call, done } = c.start(['exec', '-t', c.id(), '/bin/probe', 'wait'], { wrapper })
  await call.outputLine('ready\r')
  await c.kill()
  await done
  assert.equal(call.status, 137, String(call))
  assert.match(call.stderr, /^modes restored$/m)
})

it('goes to a console socket when the caller does not stay', async (c) => {
  await begin(c)
  const receiver = await receiveTerminal(c)
  await c.succeed(['exec', '-t', '--detach', '--console-socket', receiver.path, c.id(), ...probe])
  await receiver.line(/^received \d+ bytes, 1 descriptors, terminal 1, then 0 bytes$/m)
  await receiver.line(/^hung up$/m)
  assertTerminal(receiver.text().split('\n')[2] ?? '')
})

it('has the size that the process file says', async (c) => {
  await begin(c)
  const receiver = await receiveTerminal(c)
  const file = join(c.directory, 'process.json')
  const env = ['PATH=/bin', `CONFORMANCE_TOKEN=${c.token}`]
  const process = { terminal: true, consoleSize: { height: 33, width: 99 }, user: { uid: 0, gid: 0 }, cwd: '/', env }
  writeFileSync(file, JSON.stringify({ ...process, args: probe }))
  await c.succeed(['exec', '--detach', '--process', file, '--console-socket', receiver.path, c.id()])
  await receiver.line(/"rows":33,"columns":99/)
})

it('is refused where it has nowhere to go, or a socket has nothing to get', async (c) => {
  await begin(c)
  const socket = ['--console-socket', join(c.directory, 'console')]
  const rest = [c.id(), '/bin/probe', 'exit', '0']
  await c.fail(['exec', '-t', '--detach', ...rest], [detached], 255)
  await c.fail(['exec', '--detach', ...socket, ...rest], [useless], 255)
  await c.fail(['exec', ...socket, ...rest], [useless], 255)
  await c.fail(['exec', '-t', ...socket, ...rest], [useless], 255)
})

it('needs a terminal of the caller', async (c) => {
  await begin(c)
  const call = await inTerminal(c, ['without'], ['exec', '-t', c.id(), '/bin/probe', 'exit', '0'])
  assert.equal(call.status, 255, String(call))
  assert.match(call.stderr, /open \/dev\/tty: no such device or address/)
})

it('loses no output at the end', async (c) => {
  const bundle = c.bundle({}, { busybox: true }).probe('wait')
  await c.createAndStart(bundle)
  const call = await inTerminal(c, [], ['exec', '-t', c.id(), '/bin/busybox', 'seq', '1', '50000'])
  assert.equal(call.stdout, Array.from({ length: 50000 }, (_, i) => `${i + 1}\r\n`).join(''))
})
