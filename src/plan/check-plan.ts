// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import type { LaunchPlan, PlannedStep } from './launch-plan.ts'
import type { OpName, OpRow } from './op-table.ts'
import { OPS } from './op-table.ts'
import { PHASES, SYNC_POINTS } from './phases.ts'

type Check = (plan: LaunchPlan) => boolean

/** Orders and pairs that no planner may break. Each name says what holds in a good plan. */
export const PLAN_CHECKS: Readonly<Record<string, Check>> = {
  'phases follow each other': ({ steps }) => steps.every((step, i) => phaseOf(steps[i - 1] ?? step) <= phaseOf(step)),
  'a step is in a phase of its row': ({ steps }) => steps.every((step) => row(step).phases.includes(step.phase)),
  'only rows that tolerate something are tolerant': ({ steps }) =>
    steps.every((step) => !step.op.tolerate || row(step).tolerates !== undefined),
  'every step has an origin': ({ steps }) =>
    steps.every(({ origin }) => origin.pointer !== undefined || !!origin.reason),
  'targets in the root filesystem are absolute': ({ steps }) =>
    texts(steps, 'rootfsPath').every((path) => path.startsWith('/')),
  'paths on the host are absolute': ({ steps }) => texts(steps, 'hostPath').every((path) => path.startsWith('/')),
  'no path on the host is used inside': ({ steps }) => texts(inPhase(steps, 'inside', 'seal'), 'hostPath').length === 0,

  'slots are opened once, before they are used, and used': (plan) => slotsAreSound(plan),
  'clone_init ends the keeper phase': ({ steps }) =>
    count(steps, 'clone_init') === 1 && inPhase(steps, 'keeper').at(-1)?.op.op === 'clone_init',
  'namespaces are joined after everything on the host is opened': ({ steps }) =>
    isLastOf(inPhase(steps, 'keeper').slice(0, -1), 'join_namespaces') &&
    isLastOf(inPhase(steps, 'keeper').slice(0, -1), 'join_process'),
  'an overseer is left exactly where it has something to do': ({ steps }) =>
    count(steps, 'leave_overseer') === 0 || inPhase(steps, 'oversee').length > 0,
  'a new user namespace has id maps': ({ steps }) =>
    !makesUserNamespace(steps) || count(inPhase(steps, 'attend'), 'write_id_map', 'sync') > 0,
  'id maps belong to a new user namespace': ({ steps }) =>
    makesUserNamespace(steps) || count(steps, 'write_id_map') === 0,
  'cgroups are entered before rights are given up': ({ steps }) => isBefore(steps, 'enter_cgroup', 'become_root'),
  'cgroups are entered before a cgroup namespace is made': ({ steps }) =>
    isBefore(steps, 'enter_cgroup', 'unshare_namespaces'),
  'the process is not dumpable when it becomes root': ({ steps }) => {
    const last = steps.findLast(isA('set_dumpable'))?.op
    return (
      last === undefined || (last.op === 'set_dumpable' && !last.dumpable && isBefore(steps, last.op, 'become_root'))
    )
  },
  'time offsets are set before rights are given up': ({ steps }) => isBefore(steps, 'set_time_offsets', 'become_root'),

  'the root filesystem is bound once, before anything is put into it': ({ steps }) =>
    joinsContainer(steps) ||
    (count(steps, 'bind_rootfs') === 1 && inPhase(steps, 'setup').findIndex(isA('bind_rootfs')) <= 1),
  'entering the root ends the setup phase': ({ steps }) =>
    count(steps, 'pivot_root', 'move_root', 'change_root', 'enter_root') === 1 &&
    isA('pivot_root', 'move_root', 'change_root', 'enter_root')(inPhase(steps, 'setup').at(-1)),
  'a container that runs is not changed': ({ steps }) =>
    !joinsContainer(steps) ||
    (inPhase(steps, 'setup').length === 1 &&
      inPhase(steps, 'inside').every(isA('find_home')) &&
      cloneFlags(steps) === 0n),
  'labels of a process that joins a container are written before it enters the root': ({ steps }) =>
    !joinsContainer(steps) || isBefore(steps, 'write_label', 'enter_root'),
  'paths are masked after sysctls are written': ({ steps }) => isBefore(steps, 'write_sysctl', 'mask_path'),

  'a terminal is opened, sized, bound, handed over and entered in this order': ({ steps }) =>
    /^(open_terminal (set_window_size )?(bind_console )?sync enter_terminal )?$/.test(terminalSteps(steps)),

  'labels are written while the process has its rights': ({ steps }) =>
    isBefore(steps, 'write_label', 'set_no_new_privileges') && isBefore(steps, 'write_label', 'set_user'),
  'masks are labelled before the first of them': ({ steps }) => isBefore(steps, 'label_masks', 'mask_path'),
  'the bounding set is limited before capabilities go': ({ steps }) =>
    isBefore(steps, 'limit_bounding_set', 'set_capabilities'),
  'stdio is owned before the user changes': ({ steps }) => isBefore(steps, 'own_stdio', 'set_user'),
  'the user changes before capabilities are set': ({ steps }) => isBefore(steps, 'set_user', 'set_capabilities'),
  'a filter without no_new_privs is loaded before the user changes': ({ steps }) =>
    count(steps, 'set_no_new_privileges') > 0 || isBefore(inPhase(steps, 'seal'), 'load_seccomp', 'set_user'),
  // runc loads it before the start gate in both cases; behind it, the profile need not allow what the gate does.
  'a filter is loaded late exactly with no_new_privs and without a listener': ({ steps }) =>
    steps.every(({ op, phase }) => {
      if (op.op !== 'load_seccomp') return true
      return (phase === 'started') === (count(steps, 'set_no_new_privileges') > 0 && !op.listener)
    }),
  // The agent must have the descriptor before the filter can make anything wait for it, and `create` must live to send it.
  'a listener is handed over right behind its filter, and only then': ({ steps }) =>
    steps.every((step, i) => handsListenerOver(step) === hasListener(steps[i - 1])) && !hasListener(steps.at(-1)),
  'a filter with a listener is the last that happens before readiness where it can be': ({ steps }) =>
    count(steps, 'set_no_new_privileges') === 0 ||
    !steps.some(hasListener) ||
    hasListener(inPhase(steps, 'seal').at(-3)),
  'a filter is loaded after what it may forbid': ({ steps }) =>
    isBefore(steps, 'set_personality', 'load_seccomp') && isBefore(steps, 'set_memory_policy', 'load_seccomp'),
  'readiness ends the seal phase': ({ steps }) => {
    const last = inPhase(steps, 'seal').at(-1)?.op
    return last?.op === 'sync' && last.point === SYNC_POINTS.ready
  },
  'the start gate opens the last phase': ({ steps }) =>
    count(steps, 'await_start') === 0 || isA('await_start')(inPhase(steps, 'started')[0]),
  'exec is last and its program was looked for': ({ steps }) =>
    count(steps, 'exec') === count(steps, 'find_executable') &&
    (count(steps, 'exec') === 0 || isA('exec')(steps.at(-1))),
  'a program is announced once, behind every hook': ({ steps }) =>
    count(steps, 'announce_exec') === count(steps, 'exec') &&
    isBefore(inPhase(steps, 'started'), 'run_hook', 'announce_exec'),
  'nothing privileged happens after the start': ({ steps }) =>
    inPhase(steps, 'started').every(isA('await_start', 'load_seccomp', 'run_hook', 'announce_exec', 'exec')),
  'hooks in the container run after those of the runtime': ({ steps }) =>
    isBefore(inPhase(steps, 'setup'), 'sync', 'run_hook'),
  'a hook after the start runs under the filter of the program': ({ steps }) =>
    isBefore(inPhase(steps, 'started'), 'load_seccomp', 'run_hook'),
}

/** Throws BUG when a planner broke an invariant: cheap enough for every plan. */
export function checkPlan(plan: LaunchPlan): void {
  for (const [name, holds] of Object.entries(PLAN_CHECKS)) {
    if (!holds(plan)) throw new RuntimeError('BUG', `cannot use the launch plan: it is not true that ${name}`)
  }
}

const row = (step: PlannedStep): OpRow => OPS[step.op.op]
const phaseOf = (step: PlannedStep): number => PHASES.indexOf(step.phase)

function isA(...names: OpName[]): (step: PlannedStep | undefined) => boolean {
  return (step) => step !== undefined && names.includes(step.op.op)
}

function terminalSteps(steps: readonly PlannedStep[]): string {
  const names = ['open_terminal', 'set_window_size', 'bind_console', 'enter_terminal']
  const isOne = ({ op }: PlannedStep) =>
    names.includes(op.op) || (op.op === 'sync' && op.point === SYNC_POINTS.terminal)
  return steps
    .filter(isOne)
    .map(({ op }) => `${op.op} `)
    .join('')
}

function hasListener(step: PlannedStep | undefined): boolean {
  return step?.op.op === 'load_seccomp' && step.op.listener
}

function handsListenerOver({ op }: PlannedStep): boolean {
  return op.op === 'sync' && op.point === SYNC_POINTS.seccomp_listener
}

function inPhase(steps: readonly PlannedStep[], ...phases: string[]): readonly PlannedStep[] {
  return steps.filter((step) => phases.includes(step.phase))
}

function count(steps: readonly PlannedStep[], ...names: OpName[]): number {
  return steps.filter(isA(...names)).length
}

function isBefore(steps: readonly PlannedStep[], first: OpName, second: OpName): boolean {
  const start = steps.findIndex(isA(second))
  return start < 0 || steps.findLastIndex(isA(first)) < start
}

function isLastOf(steps: readonly PlannedStep[], name: OpName): boolean {
  const at = steps.findIndex(isA(name))
  return at < 0 || at === steps.length - 1
}

function makesUserNamespace(steps: readonly PlannedStep[]): boolean {
  return (cloneFlags(steps) & 0x10000000n) !== 0n
}

function cloneFlags(steps: readonly PlannedStep[]): bigint {
  const op = steps.find(isA('clone_init'))?.op
  return op?.op === 'clone_init' ? op.flags : 0n
}

function joinsContainer(steps: readonly PlannedStep[]): boolean {
  return count(steps, 'join_process') > 0
}

/** The values of all fields of one kind. */
function texts(steps: readonly PlannedStep[], kind: string): string[] {
  return steps.flatMap((step) => fieldsOf(step, kind).map(([, text]) => text))
}

function fieldsOf(step: PlannedStep, kind: string): [field: string, text: string][] {
  return Object.entries(row(step).fields)
    .filter(([, fieldKind]) => fieldKind === kind)
    .map(([field]) => [field, (step.op as unknown as Record<string, string>)[field] ?? ''])
}

function slotsAreSound({ steps, donated }: LaunchPlan): boolean {
  const open = new Set<string>(donated)
  const unused = new Set<string>(donated)
  for (const step of steps) {
    for (const [field, slot] of fieldsOf(step, 'slot')) {
      if (slot === '') continue
      const opens = field === 'slot' && step.op.op.startsWith('open_')
      if (opens === open.has(slot)) return false
      if (opens) open.add(slot) && unused.add(slot)
      else unused.delete(slot)
    }
  }
  return unused.size === 0
}
