// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceRule } from '@opencontainers/runtime-spec-types'
import { isRuntimeError } from '../errors/runtime-error.ts'
import { settleResources } from '../spec/settle/settle-resources.ts'
import { describeAccess, describeTarget, resolveDeviceAccess } from './device-access.ts'

const DEFAULTS = [
  'c *:* m',
  'b *:* m',
  'c 1:3 rwm',
  'c 1:8 rwm',
  'c 1:7 rwm',
  'c 5:0 rwm',
  'c 1:5 rwm',
  'c 1:9 rwm',
  'c 136:* rwm',
  'c 5:2 rwm',
  'c 10:200 rwm',
]

function resolve(...devices: DeviceRule[]) {
  const { allowByDefault, exceptions } = resolveDeviceAccess(settleResources({ devices }).devices)
  const lines = exceptions.map((exception) => `${describeTarget(exception)} ${describeAccess(exception.access)}`)
  return { allowByDefault, own: lines.filter((line) => !DEFAULTS.includes(line)), lines }
}

test('allows exactly the default devices when there are no rules', () => {
  assert.deepEqual(resolve().lines, DEFAULTS)
  assert.equal(resolve().allowByDefault, false)
})

test('a rule for everything replaces all before it', () => {
  const allowed = resolve({ allow: true, type: 'b', major: 8, access: 'r' }, { allow: true, access: 'rwm' })
  assert.deepEqual(allowed, { allowByDefault: true, own: [], lines: [] })
  const denied = resolve(
    { allow: true, access: 'rwm' },
    { allow: false, type: 'a', major: -1, minor: -1, access: 'mwr' },
  )
  assert.deepEqual(denied.lines, DEFAULTS)
})

test('a rule for all types that names a number or leaves out an access is not a rule for everything', () => {
  const part = resolve({ allow: true, type: 'a', major: 8, access: 'rwm' }, { allow: true, access: 'r' })
  assert.equal(part.allowByDefault, false)
  assert.deepEqual(part.own, ['c 8:* rwm', 'b 8:* rwm', 'c *:* rm', 'b *:* rm'])
})

test('adds up what several rules allow for one device', () => {
  assert.deepEqual(
    resolve(
      { allow: true, type: 'b', major: 8, minor: 0, access: 'r' },
      { allow: true, type: 'b', major: 8, minor: 0, access: 'w' },
    ).own,
    ['b 8:0 rw'],
  )
})

test('a later denial takes away what earlier rules allowed, also for a wider range of devices', () => {
  const rules: DeviceRule[] = [
    { allow: true, type: 'b', major: 8, minor: 0, access: 'rwm' },
    { allow: true, type: 'b', major: 8, minor: 1, access: 'w' },
    { allow: false, type: 'b', major: 8, access: 'w' },
  ]
  assert.deepEqual(resolve(...rules).own, ['b 8:0 rm'])
})

test('a denial of what was never allowed changes nothing', () => {
  assert.deepEqual(resolve({ allow: false, type: 'c', major: 10, minor: 229, access: 'rwm' }).lines, DEFAULTS)
})

test('a default device lifts a denial of itself but not a wider one', () => {
  const all: DeviceRule = { allow: true, access: 'rwm' }
  assert.deepEqual(resolve(all, { allow: false, type: 'c', major: 1, minor: 3, access: 'rwm' }).lines, [])
  assert.deepEqual(resolve(all, { allow: false, type: 'c', major: 1, access: 'rwm' }).lines, ['c 1:* rwm'])
})

test('refuses to take one device out of a range that stays allowed, and points at the rule', () => {
  const rules: DeviceRule[] = [
    { allow: true, type: 'c', major: 1, access: 'rw' },
    { allow: false, type: 'c', major: 1, minor: 5, access: 'w' },
  ]
  assert.throws(
    () => resolve(...rules),
    (error) =>
      isRuntimeError(error) &&
      error.code === 'SPEC_UNSUPPORTED' &&
      error.details.pointer === '/linux/resources/devices/1' &&
      error.message.includes('c 1:5 w'),
  )
})

test('takes one device out of a range when the access in question is not allowed there anyway', () => {
  const rules: DeviceRule[] = [
    { allow: true, type: 'c', major: 8, access: 'r' },
    { allow: false, type: 'c', major: 8, minor: 5, access: 'w' },
  ]
  assert.deepEqual(resolve(...rules).own, ['c 8:* r'])
})
