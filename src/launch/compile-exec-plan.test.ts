// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Process } from '@opencontainers/runtime-spec-types'
import { checkPlan } from '../plan/check-plan.ts'
import type { Op } from '../plan/op.ts'
import type { OpName } from '../plan/op-table.ts'
import { ROOT_FACTS, USER_FACTS } from '../tools/make-facts.ts'
import { makeProcess } from '../tools/make-spec.ts'
import { compileExecPlan, type ExecInputs } from './compile-exec-plan.ts'

const CONTAINER = { pid: 42, foreign: ['pid', 'mount'], isChroot: false, joinedCgroupNamespace: false } as const
const LIMITED = { rlimits: [{ type: 'RLIMIT_CORE' as const, soft: 0, hard: 0 }] }

function compile(inputs: Partial<ExecInputs> = {}, process: Partial<Process> = {}) {
  const plan = compileExecPlan({
    id: 'box',
    process: makeProcess(process),
    linux: {},
    facts: ROOT_FACTS,
    container: CONTAINER,
    deniesSetgroups: false,
    noNewKeyring: false,
    cgroup: { enterFiles: ['/cg/tasks'], cloneInto: '/cg2/box' },
    ...inputs,
  })
  checkPlan(plan)
  return plan.steps
}

const names = (steps: ReturnType<typeof compile>, phase: string) =>
  steps.filter((step) => step.phase === phase).map(({ op }) => op.op)
const find = <N extends OpName>(steps: ReturnType<typeof compile>, name: N) =>
  steps.map(({ op }) => op).filter((op): op is Extract<Op, { op: N }> => op.op === name)

test('namespaces are joined through one descriptor, those alone that are not the own ones', () => {
  const steps = compile()
  assert.deepEqual(find(steps, 'join_process'), [
    { op: 'join_process', pidfd: 'pidfd of the container', flags: BigInt(0x20000000 | 0x00020000) },
  ])
  assert.deepEqual(names(steps, 'keeper'), ['open_cgroup', 'open_cgroup', 'join_process', 'clone_init'])
  assert.deepEqual(names(steps, 'setup'), ['enter_root'])
  assert.equal(find(steps, 'become_root').length, 0)
})

test('a container that shares everything is only looked at', () => {
  const steps = compile({ container: { ...CONTAINER, foreign: [] } })
  assert.equal(find(steps, 'join_process')[0]?.flags, 0n)
})

test('the cgroup namespace is joined from inside of the cgroup', () => {
  const steps = compile({ container: { ...CONTAINER, foreign: ['cgroup', 'mount'] } })
  assert.equal(find(steps, 'join_process')[0]?.flags, BigInt(0x00020000))
  assert.deepEqual(names(steps, 'born').slice(0, 3), ['enter_cgroup', 'reset_cpu_affinity', 'join_namespaces'])
})

test('a cgroup namespace that existed before is joined while the right to it is there', () => {
  const container = { ...CONTAINER, foreign: ['cgroup', 'user'], joinedCgroupNamespace: true } as const
  const steps = compile({ container })
  assert.equal(find(steps, 'join_process')[0]?.flags, BigInt(0x02000000 | 0x10000000))
  assert.equal(find(steps, 'join_namespaces').length, 0)
  // The right to it is kept where no user namespace is entered.
  const later = compile({ container: { ...container, foreign: ['cgroup'] } })
  assert.equal(names(later, 'born').includes('join_namespaces'), true)
})

test('limits of a process in a user namespace are set from the host', () => {
  const container = { ...CONTAINER, foreign: ['user', 'mount'] } as const
  assert.deepEqual(names(compile({ container }, LIMITED), 'keeper')[0], 'leave_overseer')
  assert.equal(find(compile({ container }), 'leave_overseer').length, 0)
  assert.equal(find(compile({}, LIMITED), 'leave_overseer').length, 0)
  assert.deepEqual(find(compile({ container }), 'become_root'), [{ op: 'become_root', setgroups: true }])
})

test('groups are left alone where setgroups is denied', () => {
  const container = { ...CONTAINER, foreign: ['user'] } as const
  const steps = compile({ container, deniesSetgroups: true })
  assert.equal(find(steps, 'become_root')[0]?.setgroups, false)
  assert.equal(find(steps, 'set_user')[0]?.setgroups, false)
})

test('the procfs of the host is held exactly where a file of it is needed', () => {
  const count = (process: Partial<Process>, inputs: Partial<ExecInputs> = {}) =>
    find(compile(inputs, process), 'hold_proc').length
  assert.equal(count({}), 0)
  assert.equal(count({ oomScoreAdj: 0 }), 1)
  assert.equal(count({ oomScoreAdj: 0 }, { container: { ...CONTAINER, foreign: ['user'] } }), 0)
  assert.equal(count({ apparmorProfile: 'x' }), 1)
  assert.equal(count({ oomScoreAdj: 0 }, { facts: USER_FACTS, container: { ...CONTAINER, foreign: ['user'] } }), 0)
})

test('labels are written before the root of the container is entered', () => {
  const steps = compile({}, { apparmorProfile: 'profile', selinuxLabel: 'a:b:c:d' })
  const labels = steps.filter(({ op }) => op.op === 'write_label')
  assert.equal(labels.length, 4)
  for (const { phase } of labels) assert.equal(phase, 'born')
})

test('a root directory without a mount namespace is that of the first process', () => {
  const steps = compile({ container: { ...CONTAINER, foreign: [], isChroot: true } })
  assert.deepEqual(find(steps, 'open_process_root'), [{ op: 'open_process_root', slot: 'root directory', pid: 42 }])
  assert.deepEqual(find(steps, 'enter_root'), [{ op: 'enter_root', slot: 'root directory' }])
})

test('a process has the CPUs it is made on, then those it runs on', () => {
  const phases = (cpuAffinity: ExecInputs['cpuAffinity']) =>
    compile(cpuAffinity ? { cpuAffinity } : {})
      .filter(({ op }) => op.op.endsWith('cpu_affinity'))
      .map(({ phase, op }) => [phase, op.op === 'set_cpu_affinity' ? op.cpus : op.op])
  assert.deepEqual(phases(undefined), [['born', 'reset_cpu_affinity']])
  assert.deepEqual(phases({ initial: '0-1', final: '3' }), [
    ['keeper', [0, 1]],
    ['born', [3]],
  ])
  assert.deepEqual(phases({ initial: '1' }), [['keeper', [1]]])
})

test('a container without a keyring of its own gives none', () => {
  assert.equal(find(compile({ noNewKeyring: true }), 'join_session_keyring').length, 0)
  assert.equal(find(compile(), 'join_session_keyring')[0]?.name, '_ses.box')
})
