// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bundle } from './bundle.ts'
import { type Case, isAlive } from './conformance-case.ts'
import type { JsonObject } from './json.ts'
import { parseReport, type Report } from './probe.ts'
import type { RunOptions } from './run-runtime.ts'
import { until } from './until.ts'

/** Starts the container of a bundle with a program that waits, for processes to be executed in. */
export async function startWaiting(c: Case, bundle: Bundle = c.bundle(), ...flags: string[]): Promise<Bundle> {
  const call = await c.createAndStart(bundle.probe('wait'), c.id(), ...flags)
  await call.outputLine('ready')
  return bundle
}

/** What the probe reports as a process that was executed with these flags. */
export async function execReport(
  c: Case,
  items: string[],
  flags: string[] = [],
  options: RunOptions = {},
): Promise<Report> {
  const call = await c.succeed(['exec', ...flags, c.id(), '/bin/probe', 'report', ...items], options)
  return parseReport(call.stdout)
}

/** The path of a process file with a probe as its program; the token in its environment is how a leak is found. */
export function processFile(c: Case, probe: string[], process: JsonObject = {}, name = 'process.json'): string {
  const path = join(c.directory, name)
  const document = {
    cwd: '/',
    user: { uid: 0, gid: 0 },
    env: ['PATH=/bin', `CONFORMANCE_TOKEN=${c.token}`],
    args: ['/bin/probe', ...probe],
    ...process,
  }
  writeFileSync(path, JSON.stringify(document, null, 1))
  return path
}

/** What the probe reports as the process of a file. */
export async function fileReport(c: Case, items: string[], process: JsonObject = {}): Promise<Report> {
  const call = await c.succeed(['exec', '--process', processFile(c, ['report', ...items], process), c.id()])
  return parseReport(call.stdout)
}

/** `exec` must fail before the program runs, with status 255 and a text that matches every pattern. */
export async function execFails(c: Case, args: string[], ...patterns: (string | RegExp)[]): Promise<void> {
  const call = await c.fail(['exec', ...args], ['exec failed: ', ...patterns], 255)
  assert.equal(call.stdout, '', `nothing may have run: ${call}`)
}

/** The pid that a runtime writes to a file, which may be after the program has begun. */
export async function pidIn(file: string): Promise<number> {
  return Number(await until(`the pid file ${file}`, () => existsSync(file) && readFileSync(file, 'utf8')))
}

export function untilGone(pid: number): Promise<true> {
  return until(`the end of process ${pid}`, () => !isAlive(pid))
}
