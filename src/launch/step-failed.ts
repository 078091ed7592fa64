// SPDX-License-Identifier: Apache-2.0
import { errnoName } from '../errors/errno-names.ts'
import { errnoText } from '../errors/errno-text.ts'
import { hintFor } from '../errors/hints.ts'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import type { LaunchPlan, PlannedStep } from '../plan/launch-plan.ts'
import { actionOf } from '../plan/step-action.ts'
import type { StepFailure } from './control-messages.ts'
import type { HookReport } from './hook-report.ts'

/** The failure of a step as an error that names the step, its place in config.json, the system call and errno. */
export function stepFailed(plan: LaunchPlan, failure: StepFailure, hooks: HookReport): RuntimeError {
  const step = plan.steps[failure.step]
  if (step === undefined) return new RuntimeError('BUG', `the shim reports a failure of step ${failure.step + 1}`)
  const place = { index: failure.step + 1, of: plan.steps.length, op: step.op.op, phase: step.phase }
  const hook = hooks.failure(failure)
  if (hook !== undefined) return hook.with({ step: place })
  const errno = errnoName(failure.error)
  const hint = hintOf(step, errno)
  return new RuntimeError('LAUNCH_STEP_FAILED', `${RUNC_PHRASES.startingProcess}${reasonOf(step, failure, errno)}`, {
    syscall: failure.syscall,
    errno,
    step: place,
    ...(step.origin.pointer === undefined ? {} : { pointer: step.origin.pointer }),
    ...(hint === undefined ? {} : { hint }),
  })
}

/** A failure that the plan forgives, as the text of a warning. */
export function forgivenStep(plan: LaunchPlan, failure: StepFailure): string {
  const step = plan.steps[failure.step]
  const errno = errnoName(failure.error)
  const hint = step && hintOf(step, errno)
  const what = step ? actionOf(step.op) : `cannot do step ${failure.step + 1}`
  return `${what}: ${kernelReason(failure, errno)}: going on without${hint ? ` hint: ${hint}` : ''}`
}

function hintOf({ op }: PlannedStep, errno: string): string | undefined {
  return hintFor(op.op, errno, op.op === 'mount_fs' ? op.fstype : '')
}

function reasonOf(step: PlannedStep, failure: StepFailure, errno: string): string {
  if (step.op.op === 'find_executable') return executableReason(step.op.file, errno, failure.syscall === 'PATH')
  if (step.op.op === 'exec') return `exec ${failure.detail}: ${errnoText(errno)}`
  return `${RUNC_PHRASES.duringInit}${actionOf(step.op)}: ${kernelReason(failure, errno)}`
}

function kernelReason({ syscall, detail }: StepFailure, errno: string): string {
  return `${syscall}(2) ${errno} (${errnoText(errno)})${detail === '' ? '' : `, ${detail}`}`
}

/** The words of Go's exec.LookPath, which engines turn into exit statuses 126 and 127. */
function executableReason(file: string, errno: string, searched: boolean): string {
  const shown = `exec: ${JSON.stringify(file)}: `
  if (searched) return `${shown}${RUNC_PHRASES.executableNotFound}`
  return errno === 'EACCES' || errno === 'EISDIR'
    ? `${shown}${errnoText(errno)}`
    : `${shown}stat ${file}: ${errnoText(errno)}`
}
