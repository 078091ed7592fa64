// SPDX-License-Identifier: Apache-2.0
import { errnoText } from '../errors/errno-text.ts'
import { hookFailed } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import { signalName } from '../errors/signal-names.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ProcessEnd } from '../sys/process.ts'

/** A hook that did not end with exit status 0. */
export interface FailedHook {
  /** The name of its list in config.json, and its place there, from 0. */
  readonly kind: string
  readonly index: number
  readonly path: string
  /** How it ended, the errno that kept it from starting, or the time limit in seconds that it ran past. */
  readonly reason: ProcessEnd | { readonly errno: string } | { readonly timeout: number }
  readonly seconds: number
  /** The last lines of what it wrote. */
  readonly stdout: string
  readonly stderr: string
}

/** HOOK_FAILED with runc's sentence, and after it the hook's path and how long it ran. */
export function hookFailure(failed: FailedHook): RuntimeError {
  const { kind, index, path, seconds, stdout, stderr } = failed
  const output = 'errno' in failed.reason ? '' : `, stdout: ${stdout}, stderr: ${stderr}`
  const story = `${describeReason(failed)}${output} (${path}, after ${seconds.toFixed(2)} s)`
  return new RuntimeError('HOOK_FAILED', hookFailed(kind, index + 1, story), {
    path,
    pointer: pointer('hooks', kind, index),
  })
}

function describeReason({ reason, path }: FailedHook): string {
  if ('errno' in reason) return `fork/exec ${path}: ${errnoText(reason.errno)}`
  if ('timeout' in reason) return `hook ran past specified timeout of ${reason.timeout.toFixed(1)}s`
  return 'signal' in reason ? `signal: ${signalName(reason.signal)}` : `exit status ${reason.exitCode}`
}
