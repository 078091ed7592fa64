// SPDX-License-Identifier: Apache-2.0
// --pidfd-socket: the caller gets a pidfd of the container's process.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { casesOf } from '../../harness/conformance-case.ts'
import { startHelper } from '../../harness/host-helper.ts'
import { processesOf } from '../../harness/host-snapshot.ts'

const it = casesOf('descriptors')

for (const command of ['create', 'run --detach']) {
  it(`sends a pidfd of the container process to the socket of ${command} --pidfd-socket`, async (c) => {
    const socket = join(c.directory, 'pidfd.sock')
    const helper = await startHelper(c, 'receive', socket)
    const bundle = c.bundle().probe('wait')
    await c.succeed([...command.split(' '), '--pidfd-socket', socket, '--bundle', bundle.path, c.id()])
    await helper.line('end')
    assert.deepEqual(helper.lines(), ['listening', 'standard', 'fds 1', `pid ${await c.pid()}`, 'end'])
  })
}

it('finds the pidfd socket from its own directory, behind a path longer than a socket address', async (c) => {
  const helper = await startHelper(c, 'receive', join(c.directory, 'pidfd.sock'))
  const path = `${'./'.repeat(100)}pidfd.sock`
  const args = ['run', '--pidfd-socket', path, '--bundle', c.bundle().probe('exit', '4').path, c.id()]
  const call = await c.runtime(args, { cwd: c.directory })
  assert.equal(call.status, 4, String(call))
  await helper.line('fds 1')
})

it('leaves nothing where nobody listens at the pidfd socket', async (c) => {
  const plain = join(c.directory, 'plain')
  writeFileSync(plain, '')
  const bundle = c.bundle().probe('exit', '0')
  for (const path of [join(c.directory, 'nowhere'), plain]) {
    for (const command of ['create', 'run', 'run --detach']) {
      const call = await c.runtime([...command.split(' '), '--pidfd-socket', path, '--bundle', bundle.path, c.id()])
      assert.equal(call.status, 1, String(call))
      assert.ok(call.stderr.includes(path), String(call))
      c.assertNothingLeft()
    }
  }
})

it('sends a pidfd of the new process to the socket of exec --pidfd-socket', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const [socket, pidFile] = [join(c.directory, 'pidfd.sock'), join(c.directory, 'pid')]
  const helper = await startHelper(c, 'receive', socket)
  const args = ['exec', '--detach', '--pidfd-socket', socket, '--pid-file', pidFile, c.id(), '/bin/probe', 'wait']
  await c.succeed(args)
  await helper.line('end')
  assert.deepEqual(helper.lines(), ['listening', 'setns', 'fds 1', `pid ${readFileSync(pidFile, 'utf8')}`, 'end'])
})

it('leaves no process where nobody listens at the pidfd socket of exec', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const before = processesOf(c.token)
  const socket = join(c.directory, 'nowhere')
  const call = await c.runtime(['exec', '--detach', '--pidfd-socket', socket, c.id(), '/bin/probe', 'wait'])
  assert.equal(call.status, 255, String(call))
  assert.ok(call.stderr.includes(socket), String(call))
  assert.deepEqual(processesOf(c.token), before)
})
