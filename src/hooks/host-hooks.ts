// SPDX-License-Identifier: Apache-2.0
// This room owns hooks (config.md, POSIX-platform Hooks): those of the host run from here, those of the container are
// planned here and run by the shim.
import { existsSync } from 'node:fs'
import { errnoOf, type RuntimeError } from '../errors/runtime-error.ts'
import type { ValidatedHook } from '../spec/validated-spec.ts'
import { type Program, type ProgramResult, runProgram } from '../sys/run-program.ts'
import { hookFailure } from './hook-failure.ts'
import type { HookState } from './hook-state.ts'

export type HostHookName = 'prestart' | 'createRuntime' | 'poststart' | 'poststop'

/**
 * Runs the hooks of one kind in order, each with the state on stdin; the first failure ends the series (HOOK_FAILED).
 * `onStart` is told the pid of each, which leads a process group.
 */
export function runHooks(
  kind: HostHookName,
  hooks: readonly ValidatedHook[],
  state: HookState,
  onStart: (pid: number) => void = () => {},
): void {
  hooks.forEach((hook, index) => {
    runHook(kind, hook, index, state, onStart)
  })
}

/** The same for hooks whose failures do not stop the others (poststop): each is given to `onFailure`. */
export function runEachHook(
  kind: HostHookName,
  hooks: readonly ValidatedHook[],
  state: HookState,
  onFailure: (error: Error) => void,
): void {
  hooks.forEach((hook, index) => {
    try {
      runHook(kind, hook, index, state)
    } catch (error) {
      onFailure(error as Error)
    }
  })
}

/** What is run for a hook (config.md, POSIX-platform Hooks): the path stands in for an argument list that is absent. */
export function hookProgram({ path, args, env, timeout }: ValidatedHook, state: HookState): Program {
  return {
    path,
    args: args.length > 0 ? args : [path],
    env,
    directory: workingDirectory(state),
    input: JSON.stringify(state),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
  }
}

function runHook(
  kind: HostHookName,
  hook: ValidatedHook,
  index: number,
  state: HookState,
  onStart: (pid: number) => void = () => {},
): void {
  const { path, timeout } = hook
  const begun = performance.now()
  const fail = (reason: Parameters<typeof hookFailure>[0]['reason'], { stdout, stderr }: Output): RuntimeError =>
    hookFailure({ kind, index, path, reason, seconds: (performance.now() - begun) / 1000, stdout, stderr })
  let result: ProgramResult
  try {
    result = runProgram({ ...hookProgram(hook, state), onStart })
  } catch (error) {
    const errno = errnoOf(error)
    throw errno === undefined ? error : fail({ errno }, NO_OUTPUT)
  }
  if (result.timedOut) throw fail({ timeout: timeout ?? 0 }, result)
  if ('signal' in result.end || result.end.exitCode !== 0) throw fail(result.end, result)
}

type Output = Pick<ProgramResult, 'stdout' | 'stderr'>
const NO_OUTPUT: Output = { stdout: '', stderr: '' }

/** As with runc, which enters the bundle; that may be gone when a container is deleted. */
function workingDirectory({ bundle }: HookState): string {
  return existsSync(bundle) ? bundle : '/'
}
