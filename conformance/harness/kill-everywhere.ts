// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bundle } from './bundle.ts'
import type { Case } from './conformance-case.ts'
import type { Call } from './run-runtime.ts'
import { until } from './until.ts'

/** When to kill: from the first moment of a call to one at which it has ended. */
export interface KillTimes {
  readonly untilMs: number
  readonly stepMs: number
}

/** Kills `create` or `run` at one age after another; `delete --force` must leave nothing of each. */
export async function killEverywhere(
  c: Case,
  command: string,
  bundle: Bundle,
  times: KillTimes,
  assertClean = () => c.assertNothingLeft(),
): Promise<void> {
  for (let age = 0; age < times.untilMs; age += times.stepMs) {
    const id = c.id(String(age * 100))
    const { call, done } = c.start([command, '--bundle', bundle.path, id])
    await until(`the runtime in ${call.args}`, () => isRuntime(call) || undefined)
    await sleep(age)
    if (call.status === null) process.kill(call.pid, 'SIGKILL')
    await done
    await c.succeed(['delete', '--force', id])
    assertClean()
  }
}

/** What a wrapper runs in the same process before the runtime: killing that would say nothing about the runtime. */
const WRAPPERS = new Set(['unshare', 'sh', 'setpriv'])

function isRuntime({ pid, status }: Call): boolean {
  if (status !== null) return true
  try {
    const [command = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return !WRAPPERS.has(basename(command))
  } catch {
    return true // it has ended and was reaped
  }
}
