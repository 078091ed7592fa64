// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { constants } from 'node:os'
import { test } from 'node:test'
import { SIGNALS } from '../errors/signal-names.ts'
import { signalNumber } from './signal-number.ts'

test('signals go by number, by name, with and without SIG, in any case', () => {
  for (const text of ['15', 'TERM', 'SIGTERM', 'term']) assert.equal(signalNumber(text), 15)
  assert.equal(signalNumber('37'), 37)
  assert.equal(signalNumber('0'), 0)
  assert.equal(signalNumber('RTMIN+3'), 37)
  assert.equal(signalNumber('SIGRTMAX-1'), 63)
})

test('what is no signal is refused', () => {
  for (const text of ['', '65', '-9', '9x', '1e1', 'NOPE', 'RTMIN-1', 'constructor']) {
    assert.throws(() => signalNumber(text), { code: 'SIGNAL_UNKNOWN' })
  }
})

test('the table of signals is that of this machine', () => {
  assert.deepEqual({ ...SIGNALS }, { ...constants.signals })
})
