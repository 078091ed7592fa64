// SPDX-License-Identifier: Apache-2.0
// The conversation with the shim, from its start until the container's process waits at the start gate or runs.
import { errnoOf, RuntimeError } from '../errors/runtime-error.ts'
import type { Logger } from '../log/logger.ts'
import type { LaunchPlan } from '../plan/launch-plan.ts'
import type { SyncPoint } from '../plan/phases.ts'
import { SYNC_POINTS } from '../plan/phases.ts'
import type { Fd } from '../sys/fd.ts'
import { killProcess, waitForProcess } from '../sys/process.ts'
import { sendMessage } from '../sys/socket-message.ts'
import type { ShimMessage, SyncMessage } from './control-messages.ts'
import { HookReport } from './hook-report.ts'
import { next, nextOf } from './next-message.ts'
import type { Shim } from './spawn-shim.ts'
import { spawnShim } from './spawn-shim.ts'
import { forgivenStep, stepFailed } from './step-failed.ts'

const SIGKILL = 9
const GO_ON = Uint8Array.of(1)

/**
 * What the runtime does while the container's process waits at a point; `descriptor` is one of that process, or -1.
 * Descriptors that came along are closed afterwards unless they were released.
 */
export type SyncActions = Readonly<
  Partial<Record<SyncPoint, (pid: number, descriptor: number, given: readonly Fd[]) => void>>
>

export interface Conversation {
  readonly plan: LaunchPlan
  /** The pid is known: from here the process has to be accounted for. */
  readonly onBorn: (pid: number) => void
  readonly actions: SyncActions
  readonly log: Logger
}

export interface LaunchRequest extends Conversation {
  readonly donated: readonly Fd[]
}

/** Starts the shim with a plan and answers it until the plan is carried out; see `converse`. */
export function launch(request: LaunchRequest): number {
  return converse(spawnShim(request.plan, request.donated, request.log.debugEnabled), request)
}

/**
 * Answers a started shim until its plan is carried out; returns the pid of the container's process, a child of this
 * one. On failure that process is killed and reaped before the error is thrown.
 */
export function converse(shim: Shim, request: Conversation): number {
  let pid = 0
  try {
    let [ready, executing] = [false, false]
    const hooks = new HookReport()
    const more = () => (ready ? nextOf(pid, shim.control.number) : next(shim.control.number))
    for (let message = more(); message; message = more()) {
      // From here a program of the image may run that can take the descriptor of whoever is on the other side.
      if (ready && (message.type === 'born' || message.type === 'sync')) throw outOfTurn(message.type)
      if (message.type === 'born') {
        pid = message.pid
        request.onBorn(pid)
      } else if (message.type === 'sync') {
        ready ||= message.point === SYNC_POINTS.ready
        act(message, pid, request.actions)
        goOn(shim)
      } else if (message.type === 'executing') executing = true
      else report(message, request, hooks)
    }
    if (!ready) throw lost('it was ready')
    if (!executing && runsProgram(request.plan)) throw lost('its program was executed')
    return pid
  } catch (error) {
    if (pid > 0) end(pid)
    throw error
  } finally {
    shim.control.close()
    // The keeper ends by itself once the conversation is over or its end of the socket is gone.
    waitForProcess(shim.pid)
  }
}

function act({ point, descriptor, given }: SyncMessage, pid: number, actions: SyncActions): void {
  try {
    actionAt(point, actions)(pid, descriptor, given)
  } finally {
    for (const fd of given) fd.close()
  }
}

function goOn({ control }: Shim): void {
  try {
    sendMessage(control.number, GO_ON)
  } catch (error) {
    throw errnoOf(error) === 'EPIPE' ? lost('it was ready') : error
  }
}

/** Without a gate, the conversation goes on until execve(2). */
function runsProgram({ steps }: LaunchPlan): boolean {
  let at = steps.length - 1
  while (at >= 0 && steps[at]?.phase === 'started' && steps[at]?.op.op !== 'await_start') at--
  return steps[at]?.op.op !== 'await_start' && steps.at(-1)?.op.op === 'exec'
}

function actionAt(point: number, actions: SyncActions): NonNullable<SyncActions[SyncPoint]> {
  const name = (Object.keys(SYNC_POINTS) as SyncPoint[]).find((key) => SYNC_POINTS[key] === point)
  const action = name && actions[name]
  if (action === undefined) throw new RuntimeError('BUG', `the shim waits at an unknown point ${point}`)
  return action
}

function report(
  message: Exclude<ShimMessage, { type: 'born' | 'sync' | 'executing' }>,
  { plan, log }: Conversation,
  hooks: HookReport,
): void {
  if (message.type === 'output' || message.type === 'hook') {
    hooks.add(message)
    return
  }
  if (message.type === 'failed') throw stepFailed(plan, message, hooks)
  if (message.type === 'mismatch') throw new RuntimeError('SHIM_MISMATCH', `cannot start the shim: ${message.detail}`)
  if (message.type === 'forgiven') {
    log.warn(forgivenStep(plan, message))
    return
  }
  const step = plan.steps[message.step]
  log.debug(`step ${message.step + 1} ${step?.op.op} took ${message.nanoseconds / 1000n} µs`, {
    phase: step?.phase ?? '',
  })
}

function outOfTurn(type: string): RuntimeError {
  return new RuntimeError('BUG', `the shim says "${type}" after it was ready`)
}

function lost(before: string): RuntimeError {
  return new RuntimeError('SHIM_LOST', `the container process ended before ${before}`)
}

function end(pid: number): void {
  try {
    killProcess(pid, SIGKILL)
    waitForProcess(pid)
  } catch {
    // It is gone already, and whoever reaped it knows why; the first error is the one to tell.
  }
}
