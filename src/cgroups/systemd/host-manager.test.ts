// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Bus } from '../../sys/sd-bus.ts'
import { BusError } from '../../sys/sd-bus-message.ts'
import { Manager, reasonOf } from './host-manager.ts'

/** A connection on which every method answers with a job, and these signals follow. */
function busWith(signals: (string | number)[][]): { bus: Bus; called: string[] } {
  const called: string[] = []
  const bus = {
    call(_target: unknown, member: string) {
      called.push(member)
      return ['/job/7']
    },
    waitForSignal(
      _target: unknown,
      _member: string,
      _types: string,
      _patience: number,
      pick: (m: unknown[]) => unknown,
    ) {
      return signals.map(pick).find((picked) => picked !== undefined)
    },
  }
  return { bus: bus as unknown as Bus, called }
}

test('waits for the end of its own job, and asks a broker for the signal before', () => {
  const { bus, called } = busWith([
    [6, '/job/6', 'other.scope', 'failed'],
    [7, '/job/7', 'box.scope', 'done'],
  ])
  assert.equal(new Manager(bus, false).runJob('StopUnit', 'ss', ['box.scope', 'replace']), 'done')
  assert.deepEqual(called, ['AddMatch', 'StopUnit'])
})

test('needs no broker on a direct connection', () => {
  const { bus, called } = busWith([[7, '/job/7', 'box.scope', 'canceled']])
  assert.equal(new Manager(bus, true).runJob('StopUnit', 'ss', []), 'canceled')
  assert.deepEqual(called, ['StopUnit'])
})

test('names the job that systemd does not finish in time', () => {
  const { bus } = busWith([])
  assert.throws(
    () => new Manager(bus, true).runJob('StartTransientUnit', 's', ['box.scope']),
    (error) => error instanceof BusError && reasonOf(error) === 'systemd has not finished its job /job/7 within 30 s',
  )
})

test('tells an error in the words of systemd, or by its errno', () => {
  assert.equal(reasonOf(new BusError('org.example.Error', 'Unit is busy.')), 'Unit is busy')
  assert.equal(reasonOf(new BusError('ENOTCONN', '')), 'ENOTCONN')
})
