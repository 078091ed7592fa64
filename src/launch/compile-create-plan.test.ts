// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Spec } from '@opencontainers/runtime-spec-types'
import { ROOT_FACTS } from '../tools/make-facts.ts'
import { makeSpec } from '../tools/make-spec.ts'
import { FIXTURES, listingOf, planFixtures } from '../tools/plan-fixtures.ts'
import { createWarnings } from './circumstances.ts'
import { compileCreatePlan } from './compile-create-plan.ts'
import type { CreateInputs } from './create-inputs.ts'
import { mapsEverything, permittedCapabilities, readHostFacts } from './host-facts.ts'

const fixtures = planFixtures(FIXTURES)

test('there are fixtures for every recorded host', () => {
  assert.ok(fixtures.length > 0)
  assert.equal(new Set(fixtures.map(({ facts }) => facts.name)).size, 3)
})

for (const fixture of fixtures) {
  test(`the plan of ${fixture.name} is the one on file`, () => {
    const path = join(FIXTURES, 'plans', fixture.name)
    assert.ok(existsSync(path), 'no listing on file: npm run fixtures:update writes it')
    assert.equal(listingOf(fixture), readFileSync(path, 'utf8'))
  })
}

test('no listing is left over from a fixture that is gone', () => {
  const expected = fixtures.map(({ name }) => name).sort()
  assert.deepEqual(readdirSync(join(FIXTURES, 'plans')).sort(), expected)
})

const facts = ROOT_FACTS

const named = { id: 'box', noNewKeyring: false }

function inputsOf(changes: Partial<Spec>): CreateInputs {
  const cgroup = { enterFiles: [], placement: { mode: 'v2', hierarchies: [] } } as const
  const paths = { rootfsPath: '/bundle/rootfs', bundlePath: '/bundle', noPivot: false, gate: true, ...named }
  return { spec: makeSpec(changes), facts, cgroup, ...paths }
}

function compile(changes: Partial<Spec>, inputs: Partial<CreateInputs> = {}): string[] {
  const plan = compileCreatePlan({ ...inputsOf(changes), ...inputs })
  return plan.steps.map(({ op }) => op.op)
}

test('run does not wait for start', () => {
  assert.equal(compile({}, { gate: true }).filter((op) => op === 'await_start').length, 1)
  assert.equal(compile({}, { gate: false }).includes('await_start'), false)
})

test('a container without a process can be created and waits at the gate', () => {
  const { process: _, ...spec } = { ...makeSpec() }
  const ops = compileCreatePlan({
    spec: spec as ReturnType<typeof makeSpec>,
    facts,
    rootfsPath: '/r',
    bundlePath: '/b',
    noPivot: false,
    gate: true,
    ...named,
    cgroup: { enterFiles: [], placement: { mode: 'v2', hierarchies: [] } },
  }).steps.map(({ op }) => op.op)
  assert.deepEqual(ops.slice(-2), ['sync', 'await_start'])
  for (const op of ['exec', 'set_user', 'find_executable'])
    assert.equal(ops.includes(op as (typeof ops)[number]), false, op)
})

test('a session keyring has the name of runc, and there is none where none is wanted', () => {
  const keyrings = (noNewKeyring: boolean, changes: Partial<Spec> = {}) =>
    compileCreatePlan({ ...inputsOf(changes), noNewKeyring }).steps.flatMap(({ op }) =>
      op.op === 'join_session_keyring' ? [op] : [],
    )
  const keyring = { op: 'join_session_keyring', name: '_ses.box', tolerate: 'tell' }
  assert.deepEqual(keyrings(false), [{ ...keyring, permissions: 0x80000 }])
  assert.deepEqual(keyrings(true), [])
  const map = [{ containerID: 0, hostID: 100000, size: 10 }]
  const linux = { namespaces: [{ type: 'user' as const }], uidMappings: map, gidMappings: map }
  assert.deepEqual(keyrings(false, { linux }), [{ ...keyring, permissions: 0x8 }])
})

test('inside a user namespace devices are bound, not made', () => {
  const ops = compile({}, { facts: { ...facts, inUserNamespace: true } })
  assert.equal(ops.includes('make_device'), false)
  assert.equal(ops.filter((op) => op === 'bind_device').length, 6)
})

test('the runtime waits for hooks only where there are some to run', () => {
  const count = (hooks: Spec['hooks']) => compile(hooks ? { hooks } : {}).filter((op) => op === 'sync').length
  assert.equal(count(undefined), 1)
  assert.equal(count({ createRuntime: [{ path: '/h' }] }), 2)
  assert.equal(count({ poststop: [{ path: '/h' }] }), 1)
})

test('capabilities that cannot be granted are warnings, in a user namespace all can be', () => {
  const process = {
    user: { uid: 0, gid: 0 },
    args: ['true'],
    cwd: '/',
    capabilities: { bounding: ['CAP_SYS_RESOURCE'] },
  }
  const few = { ...facts, capabilities: 1n }
  assert.equal(createWarnings(makeSpec({ process }), few).length, 1)
  const map = [{ containerID: 0, hostID: 100000, size: 10 }]
  const linux = {
    namespaces: [{ type: 'user' as const }, { type: 'mount' as const }],
    uidMappings: map,
    gidMappings: map,
  }
  assert.equal(createWarnings(makeSpec({ process, linux }), few).length, 0)
})

test('the first user namespace is told from others by its map', () => {
  assert.equal(mapsEverything('         0          0 4294967295\n'), true)
  assert.equal(mapsEverything('         0     100000      65536\n'), false)
  assert.equal(permittedCapabilities('CapInh:\t0\nCapPrm:\t000001fffeffffff\n'), 0x1fffeffffffn)
})

test('the facts of this host can be read without privilege', () => {
  const read = readHostFacts()
  assert.ok(read.lastCapability >= 30 && read.lastCapability < 64)
  assert.equal(read.euid, process.geteuid?.())
})
