// SPDX-License-Identifier: Apache-2.0
// A terminal to call the runtime from, and a receiver at a console socket; both are verbs of the probe.
import { spawn } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bundle } from './bundle.ts'
import type { Case } from './conformance-case.ts'
import { probeFile } from './places.ts'
import type { Call, RunOptions } from './run-runtime.ts'
import { until } from './until.ts'

/** Calls the runtime on a new terminal; what is printed there is the output of the call. */
export function inTerminal(c: Case, options: string[], args: string[], run: RunOptions = {}): Promise<Call> {
  return c.runtime(args, { ...run, wrapper: c.wrapper('in-terminal', ...options, '--') })
}

/** `run` on a new terminal. */
export function runInTerminal(c: Case, bundle: Bundle, options: string[] = [], run: RunOptions = {}): Promise<Call> {
  return inTerminal(c, options, ['run', '--bundle', bundle.path, c.id()], run)
}

export interface Receiver {
  readonly path: string
  readonly pid: number
  /** What it has said so far. */
  text(): string
  /** Waits until it has said a line. */
  line(pattern: RegExp): Promise<RegExpExecArray>
}

/** Listens at a console socket. */
export async function receiveTerminal(c: Case, name = 'console', ...typed: string[]): Promise<Receiver> {
  const path = join(c.directory, name)
  const file = join(c.directory, `receiver-${c.id()}-${Math.random()}`)
  const output = openSync(file, 'w')
  const env = { ...process.env, CONFORMANCE_TOKEN: c.token }
  const child = spawn(probeFile, ['receive-terminal', path, ...typed], { stdio: ['ignore', output, output], env })
  c.atEnd(() => void child.kill('SIGKILL'))
  const text = () => readFileSync(file, 'utf8')
  const receiver = {
    path,
    pid: child.pid ?? 0,
    text,
    line: (pattern: RegExp) => until(`${pattern} in ${text()}`, () => pattern.exec(text()) ?? undefined),
  }
  await receiver.line(/^listening$/m)
  return receiver
}
