// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { Bus } from './sd-bus.ts'
import { BusError, splitSignature } from './sd-bus-message.ts'

const DAEMON = '/usr/bin/dbus-daemon'
const broker = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus' }
const PATIENCE_MS = 30_000

test('splits a signature into complete types', () => {
  assert.deepEqual(splitSignature('ssa(sv)a(sa(sv))uau'), ['s', 's', 'a(sv)', 'a(sa(sv))', 'u', 'au'])
})

test('says in errno words that nobody is at an address', () => {
  assert.throws(
    () => Bus.connect('unix:path=/nonexistent/bus'),
    (error) => (error as BusError).errorName === 'ENOENT',
  )
})

/** Runs against a message bus of its own; the library is what systemd's own programs use. */
function withBus(act: (bus: Bus) => void): void {
  const [address = '', pid] = execFileSync(DAEMON, ['--session', '--fork', '--print-address=1', '--print-pid=1'])
    .toString()
    .split('\n')
  const before = process.env.DBUS_SESSION_BUS_ADDRESS
  process.env.DBUS_SESSION_BUS_ADDRESS = address
  try {
    const bus = Bus.open('user')
    act(bus)
    bus.close()
  } finally {
    process.kill(Number(pid))
    if (before === undefined) delete process.env.DBUS_SESSION_BUS_ADDRESS
    else process.env.DBUS_SESSION_BUS_ADDRESS = before
  }
}

const skip = existsSync(DAEMON) ? false : 'needs dbus-daemon'

test('calls a method, reads its reply and hears the signal that follows', { skip }, () => {
  withBus((bus) => {
    const rule = `type='signal',interface='${broker.interface}',member='NameOwnerChanged'`
    bus.call(broker, 'AddMatch', { signature: 's', values: [rule] }, PATIENCE_MS)
    const request = { signature: 'su', values: ['org.example.Runts', 4], reply: 'u' }
    assert.deepEqual(bus.call(broker, 'RequestName', request, PATIENCE_MS), [1])
    const owner = bus.waitForSignal(broker, 'NameOwnerChanged', 'sss', PATIENCE_MS, ([name, before, now]) =>
      name === 'org.example.Runts' && before === '' ? now : undefined,
    )
    assert.match(String(owner), /^:1\.\d+$/)
    const unheard = bus.waitForSignal(broker, 'NameOwnerChanged', 'sss', 1, () => true)
    assert.equal(unheard, undefined)
  })
})

test('tells the name and the words of an error', { skip }, () => {
  withBus((bus) => {
    assert.throws(
      () =>
        bus.call(broker, 'GetNameOwner', { signature: 's', values: ['org.example.Nobody'], reply: 's' }, PATIENCE_MS),
      (error) =>
        error instanceof BusError &&
        error.errorName === 'org.freedesktop.DBus.Error.NameHasNoOwner' &&
        error.message.includes('org.example.Nobody'),
    )
  })
})

test('takes values of every type that unit properties have', { skip }, () => {
  const properties = [
    ['Description', { signature: 's', value: 'a text' }],
    ['Delegate', { signature: 'b', value: true }],
    ['PIDs', { signature: 'au', value: [1, 4_000_000_000] }],
    ['MemoryMax', { signature: 't', value: 18_446_744_073_709_551_615n }],
    ['AllowedCPUs', { signature: 'ay', value: [3, 0] }],
    ['DeviceAllow', { signature: 'a(ss)', value: [['/dev/null', 'rw']] }],
    ['Nice', { signature: 'i', value: -5 }],
    ['Ratio', { signature: 'd', value: 1.5 }],
  ] as const
  withBus((bus) => {
    // The library refuses values that are not of the type; the broker reads what it was sent before it says that.
    const start = { signature: 'ssa(sv)a(sa(sv))', values: ['a.scope', 'replace', properties, []], reply: 'o' }
    assert.throws(
      () => bus.call({ ...broker, destination: 'org.example.Nobody' }, 'StartTransientUnit', start, PATIENCE_MS),
      (error) => (error as BusError).errorName === 'org.freedesktop.DBus.Error.ServiceUnknown',
    )
  })
})
