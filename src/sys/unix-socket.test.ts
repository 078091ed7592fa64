// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { closeSync, fstatSync, mkdirSync, mkdtempSync, openSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { errnoOf } from '../errors/runtime-error.ts'
import { FCNTL } from './constants.ts'
import { createSealedMemfd } from './memfd.ts'
import { receiveMessage, sendMessage } from './socket-message.ts'
import { call } from './syscall.ts'
import { acceptConnection, bindDatagramAt, connectAt, connectTo, listenAt, socketPair } from './unix-socket.ts'

const folder = mkdtempSync(join(tmpdir(), 'runts-socket-'))
after(() => rmSync(folder, { recursive: true }))

const text = (message: { bytes: Uint8Array } | undefined) => message && Buffer.from(message.bytes).toString()

test('a socket pair keeps message boundaries and ends with undefined', () => {
  const [left, right] = socketPair()
  sendMessage(left.number, Buffer.from('one'))
  sendMessage(left.number, Buffer.from('two'))
  left.close()
  assert.equal(text(receiveMessage(right.number)), 'one')
  assert.equal(text(receiveMessage(right.number)), 'two')
  assert.equal(receiveMessage(right.number), undefined)
  assert.throws(
    () => sendMessage(right.number, Buffer.from('x')),
    (error) => errnoOf(error) === 'EPIPE',
  )
  right.close()
})

test('refuses a message larger than expected instead of cutting it off', () => {
  const [left, right] = socketPair()
  sendMessage(left.number, Buffer.alloc(101))
  assert.throws(() => receiveMessage(right.number, 100), /larger than expected/)
  left.close()
  right.close()
})

test('carries descriptors, close-on-exec at the other end', () => {
  const [left, right] = socketPair()
  const memfd = createSealedMemfd('carried', Buffer.from('x'))
  sendMessage(left.number, Buffer.from('three'), [memfd.number, memfd.number, left.number])
  const message = receiveMessage(right.number, 10, 4)
  assert.equal(text(message), 'three')
  assert.equal(message?.fds.length, 3)
  assert.match(readlinkSync(message?.fds[1]?.procPath ?? ''), /memfd:carried/)
  for (const fd of message?.fds ?? []) {
    assert.equal(call('cannot read the flags', 'fcntl', fd.number, 1), FCNTL.FD_CLOEXEC)
    fd.close()
  }
  for (const fd of [left, right, memfd]) fd.close()
})

test('refuses more descriptors than expected and leaks none', () => {
  const [left, right] = socketPair()
  sendMessage(left.number, Buffer.from('x'), [left.number, left.number, left.number, left.number])
  assert.throws(() => receiveMessage(right.number, 10, 1), /larger than expected/)
  left.close()
  assert.equal(receiveMessage(right.number), undefined)
  right.close()
})

test('listens with mode 0600 whatever the umask, and connects, below a path longer than 108 bytes', () => {
  const long = join(folder, 'd'.repeat(100), 'e'.repeat(100))
  mkdirSync(long, { recursive: true })
  const directory = openSync(long, 'r')
  const umask = process.umask(0)
  const listener = listenAt(directory, 'start.sock')
  process.umask(umask)
  assert.equal(statSync(join(long, 'start.sock')).mode & 0o777, 0o600)
  const client = connectAt(directory, 'start.sock')
  const server = acceptConnection(listener.number)
  sendMessage(client.number, Buffer.from('hello'))
  assert.equal(text(receiveMessage(server.number)), 'hello')
  listener.close()
  assert.throws(
    () => connectTo(join(long, 'start.sock'), 'seqpacket'),
    (error) => errnoOf(error) === 'ECONNREFUSED',
  )
  client.close()
  server.close()
  closeSync(directory)
})

test('a datagram socket has its mode whatever the umask, which stays as it is', () => {
  const directory = openSync(folder, 'r')
  const before = process.umask(0o077)
  try {
    bindDatagramAt(directory, 'open.sock', 0o777).close()
    assert.equal(statSync(join(folder, 'open.sock')).mode & 0o777, 0o777)
    assert.equal(process.umask(), 0o077)
  } finally {
    process.umask(before)
    closeSync(directory)
  }
})

test('leaves no descriptor behind when it cannot connect', () => {
  const probe = openSync('/dev/null', 'r')
  closeSync(probe)
  assert.throws(
    () => connectTo(join(folder, 'missing.sock')),
    (error: Error) => errnoOf(error) === 'ENOENT' && error.message.includes(join(folder, 'missing.sock')),
  )
  assert.throws(() => fstatSync(probe), { code: 'EBADF' })
})

test('a peer that closes without reading all it was sent counts as closed', () => {
  const [left, right] = socketPair()
  sendMessage(left.number, Buffer.from('unread'))
  right.close()
  assert.equal(receiveMessage(left.number), undefined)
  left.close()
})
