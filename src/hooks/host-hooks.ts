// SPDX-License-Identifier: Apache-2.0
// This room owns hooks that run on the host (config.md, POSIX-platform Hooks). It never enters the container.
import type { SpawnSyncReturns } from 'node:child_process'
import { hookFailed } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedHook } from '../spec/validated-spec.ts'

/** The state of the container as a hook reads it from its standard input (runtime.md, State). */
export interface HookState {
  readonly ociVersion: string
  readonly id: string
  readonly status: 'creating' | 'created' | 'running' | 'stopped'
  readonly pid?: number
  readonly bundle: string
  readonly annotations?: Readonly<Record<string, string>>
}

export type HostHookName = 'prestart' | 'createRuntime' | 'poststart' | 'poststop'

const KEPT_OUTPUT = 4096
const MOST_OUTPUT = 64 * 1024 * 1024

/** Runs the hooks of one kind in order, each with the state on stdin; the first failure ends the series (HOOK_FAILED). */
export function runHooks(kind: HostHookName, hooks: readonly ValidatedHook[], state: HookState): void {
  hooks.forEach((hook, index) => {
    runHook(kind, hook, index, JSON.stringify(state))
  })
}

function runHook(kind: HostHookName, hook: ValidatedHook, index: number, input: string): void {
  // Loaded here, because most containers have no hooks and the module costs a millisecond.
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const begun = performance.now()
  const result = spawnSync(hook.path, hook.args.slice(1), {
    argv0: hook.args[0] ?? hook.path,
    cwd: '/',
    env: environment(hook.env),
    input,
    maxBuffer: MOST_OUTPUT,
    killSignal: 'SIGKILL',
    ...(hook.timeout === undefined ? {} : { timeout: hook.timeout * 1000 }),
  })
  const reason = failureReason(result, hook)
  if (reason === undefined) return
  const seconds = ((performance.now() - begun) / 1000).toFixed(2)
  const output = `stdout: ${tail(result.stdout)}, stderr: ${tail(result.stderr)}`
  throw new RuntimeError(
    'HOOK_FAILED',
    hookFailed(kind, index + 1, `${reason}, ${output} (${hook.path}, after ${seconds} s)`),
    {
      pointer: pointer('hooks', kind, index),
    },
  )
}

function failureReason(result: SpawnSyncReturns<Buffer>, hook: ValidatedHook): string | undefined {
  const code = (result.error as NodeJS.ErrnoException | undefined)?.code
  if (code === 'ETIMEDOUT') return `hook ran past specified timeout of ${(hook.timeout ?? 0).toFixed(1)}s`
  // A hook need not read its state: EPIPE on its stdin says nothing about the hook.
  if (code !== undefined && code !== 'EPIPE') return `fork/exec ${hook.path}: ${code}`
  if (result.signal) return `signal: ${result.signal}`
  return result.status === 0 ? undefined : `exit status ${result.status}`
}

/** Hooks get exactly the variables of config.json, nothing of this process. */
function environment(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(list.map((item) => [item.slice(0, item.indexOf('=')), item.slice(item.indexOf('=') + 1)]))
}

function tail(output: string | Buffer | null | undefined): string {
  return String(output ?? '')
    .slice(-KEPT_OUTPUT)
    .trimEnd()
}
