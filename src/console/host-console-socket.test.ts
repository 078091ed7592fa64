// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { constants, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { Fd } from '../sys/fd.ts'
import { receiveMessage } from '../sys/socket-message.ts'
import { readModes } from '../sys/terminal.ts'
import { acceptConnection, listenAt } from '../sys/unix-socket.ts'
import { connectConsoleSocket } from './host-console-socket.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'runts-console-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

function listen(path: string): Fd {
  const folder = new Fd(openSync(dirname(path), 'r'))
  const listener = listenAt(folder.number, 'console', 'stream')
  folder.close()
  return listener
}

function openPty(): Fd {
  return new Fd(openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY))
}

describe('connectConsoleSocket', () => {
  for (const [what, below] of [
    ['a path', '.'],
    ['a path longer than 108 bytes', 'x'.repeat(150)],
  ] as const) {
    test(`sends a name and the master alone, once, to ${what}`, () => {
      const path = join(directory, below, 'console')
      mkdirSync(dirname(path), { recursive: true })
      const listener = listen(path)
      const terminal = connectConsoleSocket(path)
      const connection = acceptConnection(listener.number)
      const [master, slave] = [openPty(), openPty()]
      terminal.take(master, slave)
      terminal.close()
      const message = receiveMessage(connection.number, 4096, 8)
      assert.equal(message?.fds.length, 1)
      const [got] = message?.fds ?? []
      assert.ok(got && readModes(got.number), 'a terminal')
      assert.ok(message && message.bytes.length > 0 && message.bytes.length < 4096)
      assert.equal(receiveMessage(connection.number, 4096, 8), undefined)
      for (const fd of [got, master, slave, connection, listener]) fd.close()
    })
  }

  test('says which socket was closed instead of read', () => {
    const path = join(directory, 'console')
    const listener = listen(path)
    const terminal = connectConsoleSocket(path)
    acceptConnection(listener.number).close()
    const pty = openPty()
    assert.throws(() => terminal.take(pty, pty), {
      code: 'TERMINAL_FAILED',
      message: /socket .*console: .*sendmsg\(2\) EPIPE \(broken pipe\)$/,
    })
    for (const fd of [pty, terminal, listener]) fd.close()
  })

  test('says which socket is missing, and where nobody listens', () => {
    const path = join(directory, 'console')
    const code = 'TERMINAL_FAILED'
    assert.throws(() => connectConsoleSocket(path), {
      code,
      message: /cannot connect to .*console: connect\(2\) ENOENT/,
    })
    assert.throws(() => connectConsoleSocket(join(directory, 'no', 'console')), { code, message: /ENOENT/ })
    listen(path).close()
    assert.throws(() => connectConsoleSocket(path), { code, message: /ECONNREFUSED/ })
  })
})
