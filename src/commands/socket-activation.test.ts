// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readActivation } from './socket-activation.ts'

const NONE = { count: 0, environment: [] }

test('passes on the number of sockets and their names, for pid 1', () => {
  assert.deepEqual(readActivation({ LISTEN_FDS: '2', LISTEN_PID: '7', LISTEN_FDNAMES: 'a:b' }, 7), {
    count: 2,
    environment: ['LISTEN_FDS=2', 'LISTEN_PID=1', 'LISTEN_FDNAMES=a:b'],
  })
  assert.deepEqual(readActivation({ LISTEN_FDS: '1', LISTEN_PID: '7' }, 7).environment, [
    'LISTEN_FDS=1',
    'LISTEN_PID=1',
  ])
})

test('takes nothing that is meant for another process', () => {
  assert.deepEqual(readActivation({ LISTEN_FDS: '2', LISTEN_PID: '8' }, 7), NONE)
  assert.deepEqual(readActivation({ LISTEN_FDS: '2' }, 7), NONE)
  assert.deepEqual(readActivation({ LISTEN_PID: '7' }, 7), NONE)
})

test('takes no number that is none', () => {
  for (const LISTEN_FDS of ['', '0', '-1', '1e3', '0x2', '2 ', '1.5', '9999999']) {
    assert.deepEqual(readActivation({ LISTEN_FDS, LISTEN_PID: '7' }, 7), NONE, LISTEN_FDS)
  }
})
