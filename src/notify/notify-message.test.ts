// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { saysReady } from './notify-message.ts'

const says = (text: string) => saysReady(Buffer.from(text))

test('readiness is a line of its own, wherever it stands', () => {
  for (const text of ['READY=1', 'READY=1\n', 'STATUS=up\nREADY=1', 'READY=1\nMAINPID=4\n']) assert.ok(says(text), text)
})

test('nothing else is readiness', () => {
  for (const text of [
    '',
    '\n',
    'READY=0',
    'READY=11',
    'XREADY=1',
    ' READY=1',
    'READY=1\r',
    'READY=1\0',
    'ready=1',
    'RELOADING=1',
  ]) {
    assert.ok(!says(text), JSON.stringify(text))
  }
  assert.ok(!saysReady(Uint8Array.of(0xff, 0xfe, 0)))
})
