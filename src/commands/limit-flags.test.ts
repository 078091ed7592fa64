// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byteSize } from './byte-size.ts'
import { flagAt, resourcesOfFlags } from './limit-flags.ts'

test('reads sizes as Docker writes them', () => {
  const sizes = { '512k': 524_288, '10M': 10_485_760, '1g': 1_073_741_824, '1.5m': 1_572_864, '3': 3, '0': 0 }
  for (const [text, bytes] of Object.entries(sizes)) assert.equal(byteSize(text), bytes, text)
  for (const text of ['1kb', '1KB', '1 KiB', '1kib', '1024b']) assert.equal(byteSize(text), 1024, text)
  assert.equal(byteSize('-1'), -1)
  assert.equal(byteSize(`${'9'.repeat(400)}.5`), undefined)
  assert.equal(byteSize('8p'), 9_007_199_254_740_992n)
  assert.equal(byteSize('9007199254740993'), 9_007_199_254_740_993n)
  for (const text of ['', 'k', '-2', '1x', '1 0', '0x10', '1e3', '1..5', ' 1', '1kk']) {
    assert.equal(byteSize(text), undefined, text)
  }
})

test('puts each flag in its place', () => {
  const flags = {
    'blkio-weight': '500',
    'cpu-period': '200000',
    'cpu-quota': '-1',
    'cpu-burst': '7',
    'cpu-share': '1024',
    'cpu-rt-period': '900000',
    'cpu-rt-runtime': '5',
    'cpuset-cpus': '0-1',
    'cpuset-mems': '0',
    memory: '1m',
    'cpu-idle': '0',
    'memory-reservation': '512k',
    'memory-swap': '-1',
    'pids-limit': '0',
  }
  assert.deepEqual(resourcesOfFlags(flags), {
    blockIO: { weight: 500 },
    cpu: {
      period: 200_000,
      quota: -1,
      burst: 7,
      shares: 1024,
      realtimePeriod: 900_000,
      realtimeRuntime: 5,
      cpus: '0-1',
      mems: '0',
      idle: 0,
    },
    memory: { limit: 1_048_576, reservation: 524_288, swap: -1 },
    pids: { limit: 0 },
  })
  for (const flag of Object.keys(flags)) assert.notEqual(resourcesOfFlags({ [flag]: '0' }), undefined)
})

test('keeps the digits of large numbers', () => {
  assert.deepEqual(resourcesOfFlags({ 'cpu-share': '18446744073709551615' }), { cpu: { shares: 2n ** 64n - 1n } })
})

test('a period of 0 is the default of the system', () => {
  const { cpu } = resourcesOfFlags({ 'cpu-period': '0', 'cpu-rt-period': '0' })
  assert.deepEqual(cpu, { period: 100_000, realtimePeriod: 1_000_000 })
})

test('an empty value counts as not given, and anything else that is no value is refused in the words of runc', () => {
  assert.deepEqual(resourcesOfFlags({ memory: '', 'cpu-share': '' }), {})
  for (const [flag, text] of [
    ['memory', 'lots'],
    ['cpu-share', '-1'],
    ['cpu-quota', '1.5'],
    ['cpu-idle', '1e1'],
    ['pids-limit', '0x5'],
  ] as const) {
    assert.throws(() => resourcesOfFlags({ [flag]: text }), {
      code: 'OPTION_INVALID',
      message: new RegExp(`^invalid value for ${flag}: "${text}" is not a `),
    })
  }
})

test('finds the flag of a place', () => {
  assert.equal(flagAt('/memory/swap'), 'memory-swap')
  assert.equal(flagAt('/pids/limit'), 'pids-limit')
  assert.equal(flagAt('/memory'), undefined)
})

test('tells every flag whose value has not its form, the first one in the words of runc', () => {
  assert.throws(() => resourcesOfFlags({ memory: 'x', 'cpu-share': '1', 'cpu-period': 'y' }), {
    code: 'OPTION_INVALID',
    message: 'invalid value for cpu-period: "y" is not a whole number (and 1 more problem)',
  })
})
