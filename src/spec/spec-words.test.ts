// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { nearestName } from '../errors/nearest-name.ts'
import { cpuListProblem } from './cpu-list.ts'
import { isIntegerWithin } from './is-integer-within.ts'
import { pointer, pointerParts, valueAt } from './json-pointer.ts'
import {
  createsNamespace,
  createsUserNamespace,
  hasNamespace,
  isBindMount,
  joinsNamespace,
  namespaceIndex,
  namespacePath,
} from './queries.ts'
import { showValue } from './show-value.ts'
import { sysctlComponents } from './sysctl-name.ts'
import { validateSpec } from './validate-spec.ts'

describe('pointer', () => {
  test('escapes tildes and slashes, and has nothing for the whole document', () => {
    assert.equal(pointer('linux', 'sysctl', 'net/a~b', 3), '/linux/sysctl/net~1a~0b/3')
    assert.equal(pointer(), '')
    assert.equal(pointer(''), '/')
  })

  test('is undone by pointerParts', () => {
    for (const parts of [[], [''], ['a~1', 'b/0', '~01'], ['x', '0']]) {
      assert.deepEqual(pointerParts(pointer(...parts)), parts)
    }
  })

  test('leads to values but not to inherited properties', () => {
    assert.equal(valueAt({ a: [{ 'b/c': 5 }] }, '/a/0/b~1c'), 5)
    assert.equal(valueAt({ a: 1 }, '/a/b'), undefined)
    assert.equal(valueAt({}, '/constructor'), undefined)
  })
})

describe('namespace queries', () => {
  const { spec } = validateSpec({
    ociVersion: '1.3.0',
    root: { path: 'rootfs' },
    linux: { namespaces: [{ type: 'pid' }, { type: 'network', path: '/run/netns/a' }] },
  })

  test('tell new, joined and shared namespaces apart', () => {
    const answers = (type: 'pid' | 'network' | 'uts') => [
      hasNamespace(spec, type),
      createsNamespace(spec, type),
      joinsNamespace(spec, type),
      namespacePath(spec, type),
      namespaceIndex(spec, type),
    ]
    assert.deepEqual(answers('pid'), [true, true, false, undefined, 0])
    assert.deepEqual(answers('network'), [true, false, true, '/run/netns/a', 1])
    assert.deepEqual(answers('uts'), [false, false, false, undefined, -1])
    assert.equal(createsUserNamespace(spec), false)
  })

  test('a mount is a bind by its options, whatever its type', () => {
    assert.equal(isBindMount({ options: ['ro', 'rbind'] }), true)
    assert.equal(isBindMount({ options: ['ro'] }), false)
  })
})

describe('nearestName', () => {
  const known = ['noNewPrivileges', 'network', 'mount', 'RLIMIT_NOFILE', 'a']

  test('forgives case and a few letters', () => {
    assert.equal(nearestName('nonewpriviledges', known), 'noNewPrivileges')
    assert.equal(nearestName('mounts', known), 'mount')
  })

  test('knows a name by a part of it', () => {
    assert.equal(nearestName('net', known), 'network')
    assert.equal(nearestName('nofile', known), 'RLIMIT_NOFILE')
  })

  test('prefers what goes on from the letters that are there', () => {
    assert.equal(nearestName('stat', ['start', 'state']), 'state')
  })

  test('does not guess wildly', () => {
    assert.equal(nearestName('windows', known), undefined)
    assert.equal(nearestName('u', known), undefined)
  })
})

describe('isIntegerWithin', () => {
  test('takes bigints only for 64-bit ranges, and both ends of every range', () => {
    assert.equal(isIntegerWithin(2n ** 64n - 1n, 0, 2n ** 64n - 1n), true)
    assert.equal(isIntegerWithin(2n ** 64n, 0, 2n ** 64n - 1n), false)
    assert.equal(isIntegerWithin(5, 0, 2n ** 64n - 1n), true)
    assert.equal(isIntegerWithin(5n, 0, 10), false)
    assert.equal(isIntegerWithin(0, 0, 10) && isIntegerWithin(10, 0, 10), true)
    assert.equal(isIntegerWithin(11, 0, 10) || isIntegerWithin(-1, 0, 10), false)
  })

  test('refuses what only looks like an integer', () => {
    for (const value of ['5', 1.5, Number.NaN, Number.POSITIVE_INFINITY, true, null, [5]]) {
      assert.equal(isIntegerWithin(value, 0, 10), false)
    }
  })
})

describe('small words', () => {
  test('sysctlComponents lets the first separator decide', () => {
    assert.deepEqual(
      sysctlComponents('net.ipv4.conf.eth0/100.forwarding').join(' '),
      'net ipv4 conf eth0.100 forwarding',
    )
    assert.deepEqual(
      sysctlComponents('net/ipv4/conf/eth0.100/forwarding').join(' '),
      'net ipv4 conf eth0.100 forwarding',
    )
  })

  test('cpuListProblem accepts lists and ranges and names what it refuses', () => {
    for (const list of [undefined, '0', '0-3,7', '0, 2', '5-5']) assert.equal(cpuListProblem(list), undefined)
    for (const list of ['', '3-1', 'a', '0,', '-1', '0--1', '1.5']) {
      assert.equal(cpuListProblem(list), `must be a list such as 0-3,7, found "${list}"`)
    }
  })

  test('showValue keeps to one short line and knows bigints', () => {
    assert.equal(showValue(2n ** 64n), '18446744073709551616')
    assert.equal(showValue({ hard: 2n ** 64n }), '{"hard":"18446744073709551616"}')
    assert.equal(showValue('a\nb'), '"a\\nb"')
    assert.equal(showValue(undefined), 'nothing')
    assert.equal(showValue('x'.repeat(100)).length, 61)
  })
})
