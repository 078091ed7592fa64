// SPDX-License-Identifier: Apache-2.0
import { errnoName } from '../errors/errno-names.ts'
import type { RuntimeError } from '../errors/runtime-error.ts'
import { type FailedHook, hookFailure } from '../hooks/hook-failure.ts'
import { OutputTail } from '../sys/output-tail.ts'
import { decodeWaitStatus } from '../sys/process.ts'
import type { HookEnd, HookOutput, StepFailure } from './control-messages.ts'

/** Collects what the shim tells of a hook before it says that the step failed. */
export class HookReport {
  readonly #tails = { 1: new OutputTail(), 2: new OutputTail() }
  #end: HookEnd | undefined

  add(message: HookOutput | HookEnd): void {
    if (message.type === 'hook') this.#end = message
    else this.#tails[message.stream].append(message.bytes, message.cut)
  }

  /** HOOK_FAILED; undefined when the step that failed is no hook. */
  failure({ error, syscall, detail }: StepFailure): RuntimeError | undefined {
    if (this.#end === undefined) return undefined
    const [kind = '', index, timeout] = this.#end.label.split(' ')
    return hookFailure({
      kind,
      index: Number(index),
      path: detail,
      reason: reasonOf(errnoName(error), syscall, this.#end.status, Number(timeout)),
      seconds: Number(this.#end.nanoseconds) / 1e9,
      stdout: this.#tails[1].text,
      stderr: this.#tails[2].text,
    })
  }
}

/** The errnos are op_run_hook's: what is not about its end kept the hook from starting. */
function reasonOf(errno: string, syscall: string, status: number, timeout: number): FailedHook['reason'] {
  if (syscall !== 'wait4') return { errno }
  return errno === 'ETIMEDOUT' ? { timeout } : decodeWaitStatus(status)
}
