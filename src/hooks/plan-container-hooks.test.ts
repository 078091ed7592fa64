// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Spec } from '@opencontainers/runtime-spec-types'
import type { OpOf } from '../plan/op.ts'
import { makeSpec, originsOf, stepsOf } from '../tools/make-spec.ts'
import { planCreateContainerHooks, planStartContainerHooks } from './plan-container-hooks.ts'

const container = { id: 'box', bundlePath: '/bundle "1"' }

function hooksOf(kind: 'createContainer' | 'startContainer', changes: Partial<Spec>): OpOf<'run_hook'>[] {
  const plan = kind === 'createContainer' ? planCreateContainerHooks : planStartContainerHooks
  const steps = stepsOf((builder) => plan(makeSpec(changes), container, builder))
  const phase = kind === 'createContainer' ? 'setup' : 'started'
  return steps.map(([at, op]) => {
    assert.equal(at, phase)
    return op as OpOf<'run_hook'>
  })
}

test('the state is JSON around the pid, with the status of the moment', () => {
  const annotations = { 'a"b': 'ü\n' }
  const stateOf = (kind: 'createContainer' | 'startContainer', changes: Partial<Spec> = {}) => {
    const [hook] = hooksOf(kind, { hooks: { [kind]: [{ path: '/h' }] }, ...changes })
    return JSON.parse(`${hook?.stateHead}42${hook?.stateTail}`)
  }
  const common = { ociVersion: '1.3.0', id: 'box', pid: 42, bundle: '/bundle "1"' }
  assert.deepEqual(stateOf('createContainer', { annotations }), { ...common, status: 'creating', annotations })
  assert.deepEqual(stateOf('startContainer'), { ...common, status: 'created' })
})

test('hooks before the start begin in the root filesystem, those after it where the program does', () => {
  const hook = { path: '/h', args: ['zero', 'one'], env: ['A=1'], timeout: 3 }
  const [early] = hooksOf('createContainer', { hooks: { createContainer: [hook] } })
  const [late] = hooksOf('startContainer', { hooks: { startContainer: [hook] } })
  assert.deepEqual([early?.inRootfs, early?.label, early?.timeout], [true, 'createContainer 0 3', 3n])
  assert.deepEqual([late?.inRootfs, late?.label, late?.args], [false, 'startContainer 0 3', ['zero', 'one']])
})

test('a hook without arguments gets its path, without a timeout all the time', () => {
  const hooks = { createContainer: [{ path: '/a' }] }
  const [first] = hooksOf('createContainer', { hooks })
  assert.deepEqual([first?.args, first?.env, first?.timeout], [['/a'], [], 0n])
})

test('a startContainer hook without an environment gets that of the program, an empty one stays empty', () => {
  const hooks = { startContainer: [{ path: '/a' }, { path: '/b', env: [] }] }
  assert.deepEqual(
    hooksOf('startContainer', { hooks }).map(({ env }) => env),
    [['PATH=/bin'], []],
  )
})

test('each step says which hook it is', () => {
  const spec = makeSpec({ hooks: { createContainer: [{ path: '/a' }, { path: '/b' }] } })
  const origins = originsOf((plan) => planCreateContainerHooks(spec, container, plan))
  assert.deepEqual(origins, ['/hooks/createContainer/0', '/hooks/createContainer/1'])
})
