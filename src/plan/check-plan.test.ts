// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileCreatePlan } from '../launch/compile-create-plan.ts'
import type { CreateInputs } from '../launch/create-inputs.ts'
import { ROOT_FACTS, USER_FACTS } from '../tools/make-facts.ts'
import { makeSpec } from '../tools/make-spec.ts'
import { checkPlan } from './check-plan.ts'
import type { LaunchPlan, PlannedStep } from './launch-plan.ts'
import type { OpName } from './op-table.ts'
import { SYNC_POINTS } from './phases.ts'

const map = [{ containerID: 0, hostID: 100000, size: 65536 }]
const namespaces = (['user', 'mount', 'pid', 'uts', 'cgroup', 'time'] as const).map((type) => ({ type }))
const spec = makeSpec({
  mounts: [{ destination: '/data', source: '/srv', options: ['bind'] }],
  linux: {
    namespaces: [...namespaces, { type: 'network', path: '/n' }],
    uidMappings: map,
    gidMappings: map,
    maskedPaths: ['/proc/kcore'],
    sysctl: { 'net.ipv4.ip_forward': '1' },
  },
})
const inputs: CreateInputs = {
  id: 'box',
  spec,
  facts: ROOT_FACTS,
  rootfsPath: '/bundle/rootfs',
  bundlePath: '/bundle',
  noPivot: false,
  noNewKeyring: false,
  gate: true,
  cgroup: { enterFiles: ['/c/tasks'], placement: { mode: 'v1', hierarchies: [] } },
  seccomp: { filter: new Uint8Array(8), flags: 0, listener: false },
}
const good = compileCreatePlan(inputs)
const rootless = compileCreatePlan({ ...inputs, facts: USER_FACTS })

const indexOf = (op: OpName) => good.steps.findIndex((step) => step.op.op === op)
const stepAt = (op: OpName) => good.steps[indexOf(op)] as PlannedStep
const withSteps = (steps: PlannedStep[]): LaunchPlan => ({ ...good, steps })
const without = (...ops: OpName[]) => withSteps(good.steps.filter((step) => !ops.includes(step.op.op)))

/** Takes a step out and puts it back before (or behind) another of the same phase. */
function moved(op: OpName, where: 'before' | 'behind', other: OpName): LaunchPlan {
  const { steps } = without(op)
  const at = steps.findIndex((step) => step.op.op === other) + (where === 'behind' ? 1 : 0)
  return withSteps([...steps.slice(0, at), stepAt(op), ...steps.slice(at)])
}

function changed(op: OpName, changes: object): LaunchPlan {
  const change = (step: PlannedStep) => ({ ...step, op: { ...step.op, ...changes } }) as PlannedStep
  return withSteps(good.steps.map((step) => (step.op.op === op ? change(step) : step)))
}

/** Everything that is opened stays in order, but the join comes before the openers of a kind. */
function movedAfterJoin(op: OpName): LaunchPlan {
  const openers = good.steps.filter((step) => step.op.op === op)
  const { steps } = without(op)
  const at = steps.findIndex((step) => step.op.op === 'clone_init')
  return withSteps([...steps.slice(0, at), ...openers, ...steps.slice(at)])
}

/** The last step of each of these verbs but readiness comes before another one. */
function movedBefore(steps: readonly PlannedStep[], verbs: readonly OpName[], other: OpName): PlannedStep[] {
  const moving = steps.filter((step, i) => verbs.includes(step.op.op) && steps[i + 1]?.op.op !== 'await_start')
  const rest = steps.filter((step) => !moving.includes(step))
  const at = rest.findIndex((step) => step.op.op === other)
  return [...rest.slice(0, at), ...moving, ...rest.slice(at)]
}

function breaks(name: string, plan: LaunchPlan): void {
  test(`a plan is refused unless ${name}`, () => {
    assert.throws(() => checkPlan(plan), {
      code: 'BUG',
      message: `cannot use the launch plan: it is not true that ${name}`,
    })
  })
}

test('a compiled plan passes every check', () => {
  checkPlan(good)
  checkPlan(rootless)
})

breaks('phases follow each other', withSteps([...good.steps.slice(1), ...good.steps.slice(0, 1)]))
breaks(
  'a step is in a phase of its row',
  withSteps(good.steps.map((s) => (s.op.op === 'mask_path' ? { ...s, phase: 'oversee' } : s))),
)
breaks('only rows that tolerate something are tolerant', changed('pivot_root', { tolerate: true }))
breaks('every step has an origin', withSteps(good.steps.map((s) => ({ ...s, origin: {} }))))
breaks('targets in the root filesystem are absolute', changed('mask_path', { target: 'proc/kcore' }))
breaks('paths on the host are absolute', changed('mount_bind', { source: 'srv' }))
breaks('slots are opened once, before they are used, and used', without('enter_cgroup'))
breaks('slots are opened once, before they are used, and used', { ...good, donated: [] })
breaks('clone_init ends the keeper phase', moved('clone_init', 'before', 'join_namespaces'))
breaks('namespaces are joined after everything on the host is opened', movedAfterJoin('open_tree'))
breaks('a new user namespace has id maps', without('write_id_map'))
breaks('id maps belong to a new user namespace', changed('clone_init', { flags: 0x20000n }))
breaks('cgroups are entered before rights are given up', moved('enter_cgroup', 'behind', 'become_root'))
breaks('cgroups are entered before a cgroup namespace is made', moved('unshare_namespaces', 'before', 'enter_cgroup'))
breaks('the process is not dumpable when it becomes root', {
  ...rootless,
  steps: rootless.steps.filter(({ phase, op }) => phase !== 'born' || op.op !== 'set_dumpable'),
})
breaks('time offsets are set before rights are given up', moved('set_time_offsets', 'behind', 'become_root'))
breaks(
  'the root filesystem is bound once, before anything is put into it',
  moved('bind_rootfs', 'behind', 'mount_bind'),
)
breaks('entering the root ends the setup phase', moved('pivot_root', 'before', 'mount_bind'))
breaks('paths are masked after sysctls are written', moved('mask_path', 'before', 'write_sysctl'))
breaks('the bounding set is limited before capabilities go', moved('limit_bounding_set', 'behind', 'set_capabilities'))
breaks('stdio is owned before the user changes', moved('own_stdio', 'behind', 'set_user'))
breaks('the user changes before capabilities are set', moved('set_user', 'behind', 'set_capabilities'))
breaks('a filter without no_new_privs is loaded before the user changes', moved('load_seccomp', 'behind', 'set_user'))
breaks(
  'a filter is loaded late exactly with no_new_privs and without a listener',
  withSteps(good.steps.map((s) => (s.op.op === 'own_stdio' ? { ...s, op: { op: 'set_no_new_privileges' } } : s))),
)
const notifying = (noNewPrivileges: boolean) =>
  compileCreatePlan({
    ...inputs,
    spec: makeSpec({ process: { user: { uid: 0, gid: 0 }, args: ['true'], cwd: '/', noNewPrivileges } }),
    seccomp: { filter: new Uint8Array(8), flags: 0, listener: true },
  })
const isHandover = ({ op }: PlannedStep) => op.op === 'sync' && op.point === SYNC_POINTS.seccomp_listener

test('a plan with a listener passes every check', () => {
  for (const noNewPrivileges of [false, true]) checkPlan(notifying(noNewPrivileges))
})
breaks('a listener is handed over right behind its filter, and only then', {
  ...notifying(false),
  steps: notifying(false).steps.filter((step) => !isHandover(step)),
})
breaks('a listener is handed over right behind its filter, and only then', {
  ...good,
  steps: good.steps.flatMap((step) =>
    step.op.op === 'load_seccomp' ? [step, ...notifying(true).steps.filter(isHandover)] : [step],
  ),
})
breaks('a filter with a listener is the last that happens before readiness where it can be', {
  ...notifying(true),
  steps: movedBefore(notifying(true).steps, ['load_seccomp', 'sync'], 'set_umask'),
})
breaks('readiness ends the seal phase', moved('sync', 'before', 'find_executable'))
breaks('the start gate opens the last phase', moved('await_start', 'behind', 'exec'))
breaks('exec is last and its program was looked for', without('find_executable'))

/** Hooks inside the container, and a filter that is loaded late. */
const hooked = compileCreatePlan({
  ...inputs,
  spec: makeSpec({
    process: { user: { uid: 0, gid: 0 }, args: ['true'], cwd: '/', noNewPrivileges: true },
    hooks: Object.fromEntries(
      ['prestart', 'createContainer', 'startContainer'].map((kind) => [kind, [{ path: '/h' }]]),
    ),
    linux: { namespaces: [{ type: 'mount' }], seccomp: { defaultAction: 'SCMP_ACT_ALLOW' } },
  }),
})

/** The same steps, with those of a verb at the beginning of a phase. */
function firstInPhase(phase: string, op: OpName): LaunchPlan {
  const isIt = (step: PlannedStep) => step.phase === phase && step.op.op === op
  const rest = hooked.steps.filter((step) => !isIt(step))
  const at = rest.findIndex((step) => step.phase === phase) + (phase === 'started' ? 1 : 2)
  return { ...hooked, steps: [...rest.slice(0, at), ...hooked.steps.filter(isIt), ...rest.slice(at)] }
}

test('a plan with hooks in the container passes every check', () => {
  checkPlan(hooked)
})
breaks('hooks in the container run after those of the runtime', firstInPhase('setup', 'run_hook'))
breaks('a hook after the start runs under the filter of the program', firstInPhase('started', 'run_hook'))
breaks('a program is announced once, behind every hook', firstInPhase('started', 'announce_exec'))
breaks('a program is announced once, behind every hook', without('announce_exec'))

/** A process with a terminal that has a size. */
const withTerminal = compileCreatePlan({
  ...inputs,
  spec: makeSpec({
    process: {
      ...{ user: { uid: 0, gid: 0 }, args: ['true'], cwd: '/', terminal: true },
      consoleSize: { height: 24, width: 80 },
    },
    linux: { namespaces: [{ type: 'mount' }], seccomp: { defaultAction: 'SCMP_ACT_ALLOW' } },
  }),
})

test('a plan with a terminal passes every check', () => {
  checkPlan(withTerminal)
})
for (const op of ['open_terminal', 'enter_terminal'] as const) {
  breaks('a terminal is opened, sized, bound, handed over and entered in this order', {
    ...withTerminal,
    steps: withTerminal.steps.filter((step) => step.op.op !== op),
  })
}
