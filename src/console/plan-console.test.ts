// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { makeProcess, originsOf, stepsOf } from '../tools/make-spec.ts'
import { planTerminal } from './plan-console.ts'

const user = { uid: 1000, gid: 5 }
const consoleSize = { height: 33, width: 99 }

describe('planTerminal', () => {
  test('opens a terminal for the user, sets its size, makes it the console and enters it', () => {
    const process = makeProcess({ terminal: true, consoleSize, user })
    assert.deepEqual(
      stepsOf((plan) => planTerminal(process, 'with console', plan)),
      [
        ['inside', { op: 'open_terminal', uid: 1000 }],
        ['inside', { op: 'set_window_size', height: 33, width: 99 }],
        ['inside', { op: 'bind_console', target: '/dev/console' }],
        ['inside', { op: 'sync', point: 11 }],
        ['inside', { op: 'enter_terminal' }],
      ],
    )
    const origins = originsOf((plan) => planTerminal(process, 'with console', plan))
    assert.deepEqual(origins.slice(0, 2), ['/process/terminal', '/process/consoleSize'])
  })

  test('leaves the size open and the console alone where nobody asks for them', () => {
    assert.deepEqual(
      stepsOf((plan) => planTerminal(makeProcess({ terminal: true }), 'alone', plan)).map(([, { op }]) => op),
      ['open_terminal', 'sync', 'enter_terminal'],
    )
  })

  test('ignores consoleSize without a terminal', () => {
    assert.deepEqual(
      stepsOf((plan) => planTerminal(makeProcess({ terminal: false, consoleSize }), 'with console', plan)),
      [],
    )
  })
})
