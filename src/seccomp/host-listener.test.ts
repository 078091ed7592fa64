// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { ValidatedSeccomp } from '../spec/validated-spec.ts'
import type { Fd } from '../sys/fd.ts'
import { connectTo, listenAt } from '../sys/unix-socket.ts'
import { handOverListener } from './host-listener.ts'

const folder = mkdtempSync(join(tmpdir(), 'runts-listener-'))
after(() => rmSync(folder, { recursive: true }))

/** An agent that listens and does nothing else. */
function deafAgent(name: string, backlog: number): { path: string; socket: Fd } {
  const directory = openSync(folder, 'r')
  const socket = listenAt(directory, name, 'stream', backlog)
  closeSync(directory)
  return { path: join(folder, name), socket }
}

function handOver(listenerPath: string, listenerMetadata: string): void {
  const seccomp: ValidatedSeccomp = { defaultAction: 'SCMP_ACT_ALLOW', architectures: [], flags: [], syscalls: [] }
  const state = { ociVersion: '1.3.0', id: 'box', status: 'creating', bundle: '/bundle' } as const
  const listener = { pid: process.pid, descriptor: 0, state }
  handOverListener({ ...seccomp, listenerPath, listenerMetadata }, listener, 50)
}

test('an agent that does not accept is given up', () => {
  const { path, socket } = deafAgent('full.sock', 0)
  const first = connectTo(path)
  assert.throws(() => handOver(path, ''), { code: 'LISTENER_FAILED', message: /failed to connect with.*EAGAIN/ })
  first.close()
  socket.close()
})

test('an agent that does not read is given up', () => {
  const { path, socket } = deafAgent('deaf.sock', 1)
  const large = 'x'.repeat(4 << 20)
  assert.throws(() => handOver(path, large), { code: 'LISTENER_FAILED', message: /cannot send the seccomp listener/ })
  socket.close()
})
