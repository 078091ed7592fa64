// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Resources } from '@opencontainers/runtime-spec-types'
import { isRuntimeError } from '../../errors/runtime-error.ts'
import { parseConfig } from '../../spec/parse-config.ts'
import { settleResources } from '../../spec/settle/settle-resources.ts'
import type { CgroupMode } from '../cgroup-facts.ts'
import { resolveDeviceAccess } from '../device-access.ts'
import { findUnsupportedResources } from '../unsupported-resources.ts'
import { annotationProperties } from './annotation-properties.ts'
import { cpuBitmap } from './cpu-bitmap.ts'
import { deviceProperties, untoldDeviceWrites } from './device-properties.ts'
import { unitOf } from './place-unit.ts'
import { printUnitProperties } from './print-unit-properties.ts'
import { identityProperties, limitProperties, oomProperties, type SystemdFacts } from './unit-properties.ts'

const RESOURCES = 'spec-fixtures/cgroups'
const EXPECTED = 'spec-fixtures/cgroups/systemd'
const v1: SystemdFacts = { mode: 'v1', version: 252 }
const v2: SystemdFacts = { mode: 'v2', version: 257 }

/** As config.json would have it. */
const parse = (value: unknown) => parseConfig(JSON.stringify(value)).value as Resources

/** Undefined where the host cannot express the resources at all. */
function listing(resources: Resources, facts: SystemdFacts): string | undefined {
  const settled = settleResources(resources)
  if (findUnsupportedResources(settled, facts.mode).length > 0) return undefined
  const devices = settled.devices.length > 0 ? deviceProperties(resolveDeviceAccess(settled.devices), facts.mode) : []
  return printUnitProperties([...oomProperties(settled, facts), ...devices, ...limitProperties(settled, facts)])
}

const names = readdirSync(RESOURCES)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -5))

for (const name of names) {
  test(`has the properties recorded for the resources "${name}"`, () => {
    const text = readFileSync(`${RESOURCES}/${name}.json`, 'utf8')
    const resources = parseConfig(text, name).value as Resources
    for (const facts of [v1, v2]) {
      const path = `${EXPECTED}/${name}.${facts.mode}.properties`
      const actual = listing(resources, facts)
      if (actual === undefined) continue
      if (process.env.UPDATE_FIXTURES) {
        mkdirSync(EXPECTED, { recursive: true })
        writeFileSync(path, actual)
      }
      assert.equal(actual, readFileSync(path, 'utf8'), `${path} differs; UPDATE_FIXTURES=1 writes it anew`)
    }
  })
}

test('a scope is delegated and in its slice; a slice wants its parent', () => {
  const scope = identityProperties(unitOf('a.slice:p:n', 'box', 'system'), 'v2')
  assert.equal(
    printUnitProperties(scope),
    `Description (s) = "container p-n.scope"
Slice (s) = "a.slice"
Delegate (b) = true
MemoryAccounting (b) = true
CPUAccounting (b) = true
IOAccounting (b) = true
TasksAccounting (b) = true
DefaultDependencies (b) = false
`,
  )
  const slice = printUnitProperties(identityProperties(unitOf('a.slice:p:a-n.slice', 'box', 'system'), 'v1'))
  assert.match(slice, /^Wants \(as\) = \["a.slice"\]$/m)
  assert.match(slice, /^BlockIOAccounting/m)
  assert.doesNotMatch(slice, /Slice|Delegate/)
})

test('leaves out what an older systemd does not know', () => {
  const resources = parse({
    cpu: { quota: 50000, period: 100000, cpus: '0', idle: 1, shares: 512 },
    unified: { 'memory.oom.group': '1', 'cpuset.mems': '0' },
  })
  const at = (version: number) => listing(resources, { mode: 'v2', version }) ?? ''
  assert.match(at(253), /OOMPolicy \(s\) = "kill"/)
  assert.doesNotMatch(at(252), /OOMPolicy/)
  assert.match(at(252), /^CPUWeight \(t\) = 0$/m)
  assert.match(at(251), /^CPUWeight \(t\) = 59$/m)
  assert.match(at(244), /AllowedCPUs \(ay\) = \[1\]\nAllowedMemoryNodes/)
  assert.doesNotMatch(at(243), /Allowed/)
  assert.match(at(242), /CPUQuotaPeriodUSec \(t\) = 100000/)
  assert.equal(at(241), 'CPUWeight (t) = 59\nCPUQuotaPerSecUSec (t) = 500000\n')
})

test('rounds a quota up to whole percents and lifts it', () => {
  const quota = (value: number, period?: number) =>
    listing(parse({ cpu: { quota: value, ...(period ? { period } : {}) } }), v2)
  assert.equal(quota(12_345), 'CPUQuotaPerSecUSec (t) = 130000\n')
  assert.equal(quota(25_000, 50_000), 'CPUQuotaPeriodUSec (t) = 50000\nCPUQuotaPerSecUSec (t) = 500000\n')
  assert.equal(quota(-1), 'CPUQuotaPerSecUSec (t) = infinity\n')
})

test('takes the files of unified that systemd knows, and leaves wrong values to the kernel', () => {
  const unified = {
    'cpu.max': ' max 50000 ',
    'cpu.weight': '200',
    'cpuset.cpus': '0-1, 9',
    'memory.high': '1048576',
    'memory.low': '0',
    'memory.max': 'max',
    'memory.min': 'some',
    'memory.swap.max': '1x',
    'pids.max': '12',
    'hugetlb.2MB.max': '1',
  }
  assert.equal(
    listing({ unified }, v2),
    `CPUQuotaPeriodUSec (t) = 50000
CPUQuotaPerSecUSec (t) = infinity
CPUWeight (t) = 200
AllowedCPUs (ay) = [3, 2]
MemoryHigh (t) = 1048576
MemoryLow (t) = 0
MemoryMax (t) = infinity
TasksMax (t) = 12
`,
  )
  assert.equal(listing({ unified: { 'cpu.max': '1 2 3', 'cpuset.mems': '3-1' } }, v2), '')
  assert.equal(listing({ unified: { 'cpu.idle': '1', 'cpu.weight': '5' } }, v2), 'CPUWeight (t) = 0\n')
})

test('counts bits from the lowest of the first byte', () => {
  assert.deepEqual(cpuBitmap('0'), [1])
  assert.deepEqual(cpuBitmap('1,8-9,23'), [2, 3, 128])
})

test('turns annotations into properties, seconds into microseconds', () => {
  const properties = annotationProperties({
    'org.systemd.property.CollectMode': "'inactive-or-failed'",
    'org.systemd.property.TimeoutStopSec': 'uint64 5',
    'org.systemd.property.RuntimeMaxSec': '1.5',
    'org.systemd.property.After': "['a.service', 'b.service']",
    'org.example.other': 'x',
  })
  assert.equal(
    printUnitProperties(properties),
    `CollectMode (s) = "inactive-or-failed"
TimeoutStopUSec (t) = 5000000
RuntimeMaxUSec (t) = 1500000
After (as) = ["a.service", "b.service"]
`,
  )
})

const wrong = {
  'org.systemd.property.Ab': ['true', 'three or more latin letters'],
  'org.systemd.property.Memory_Max': ['true', 'three or more latin letters'],
  'org.systemd.property.CollectMode': ['inactive', 'unexpected "inactive"'],
  'org.systemd.property.TimeoutStopSec': ["'5'", 'not a number of seconds'],
  'org.systemd.property.RuntimeMaxSec': ['-1', 'not a number of seconds'],
} as const
for (const [key, [text, message]] of Object.entries(wrong)) {
  test(`refuses the annotation ${key}=${text}`, () => {
    assert.throws(
      () => annotationProperties({ [key]: text }),
      (error) =>
        isRuntimeError(error) &&
        error.code === 'SPEC_INVALID' &&
        error.details.pointer === `/annotations/${key}` &&
        error.message.includes(message),
    )
  })
}

test('keeps the device rules of v1 that systemd cannot be told, and no others', () => {
  const writesOf = (devices: NonNullable<Resources['devices']>, mode: CgroupMode) =>
    untoldDeviceWrites(resolveDeviceAccess(settleResources({ devices }).devices), mode).map(({ value }) => value)
  const all = { allow: true, access: 'rwm' }
  const kmsg = { type: 'c', major: 1, minor: 11, access: 'rw' } as const
  assert.deepEqual(writesOf([all, { allow: false, ...kmsg }], 'hybrid'), ['a', 'c 1:11 rw'])
  assert.ok(writesOf([{ allow: true, type: 'c', minor: 11, access: 'r' }], 'v1').includes('c *:11 r'))
  for (const told of [[], [all], [{ allow: true, ...kmsg }]]) assert.deepEqual(writesOf(told, 'v1'), [])
  assert.deepEqual(writesOf([all, { allow: false, ...kmsg }], 'v2'), [])
})
