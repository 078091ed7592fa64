// SPDX-License-Identifier: Apache-2.0
// One case = one test with a directory, a --root and a token of its own, and a clean host afterwards.
import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Bundle, type BundleOptions } from './bundle.ts'
import { driverFlags } from './cgroup-driver.ts'
import { leftovers } from './host-snapshot.ts'
import type { Json, Patch } from './json.ts'
import { knownDifference } from './known-difference.ts'
import { probeFile } from './places.ts'
import { parseReport, type Report } from './probe.ts'
import { removeEmptyCgroups, removeLeftovers } from './remove-leftovers.ts'
import { firstUnmet, type Requirement, root, runtimePresent } from './requires.ts'
import { type Call, type RunOptions, startRuntime } from './run-runtime.ts'
import { until } from './until.ts'

export interface State {
  ociVersion: string
  id: string
  pid: number
  status: string
  bundle: string
  rootfs?: string
  created?: string
  annotations?: Record<string, string>
  owner?: string
}

/** Bounds a case that hangs; longer where WAIT_SECONDS says that the machine is slow. */
const caseSeconds = Math.max(240, 3 * Number(process.env.WAIT_SECONDS ?? 0))

let counter = 0

/** Fixed width, so that no token is part of another. */
function nextToken(): string {
  const pid = process.pid.toString(36).padStart(5, '0')
  return `conf${pid}${(++counter).toString(36).padStart(4, '0')}`
}

export class Case {
  readonly token = nextToken()
  readonly directory = mkdtempSync(join(tmpdir(), `${this.token}-`))
  readonly root = join(this.directory, 'state')
  /** Set by a case after which empty cgroups may stay, such as the parents of a cgroupsPath. */
  keepsEmptyCgroups = false
  /** Processes on the host that are the case's own, and end with it. */
  readonly helpers = new Set<number>()
  /** Who calls the runtime, where that is not the test itself: see `OrdinaryUser.options`. */
  caller: RunOptions = {}
  /** Global options of every call, such as the cgroup driver. */
  globalFlags = driverFlags
  private readonly cleanups: (() => void | Promise<void>)[] = []
  private readonly calls: Promise<unknown>[] = []
  private bundles = 0

  constructor() {
    // Containers with a user namespace walk this path as somebody else.
    chmodSync(this.directory, 0o711)
    mkdirSync(join(this.directory, 'calls'))
  }

  /** A container id of this case. */
  id(suffix = ''): string {
    return this.token + suffix
  }

  bundle(patch: Patch = {}, options: BundleOptions = {}): Bundle {
    const name = `bundle${++this.bundles}`
    const bundle = new Bundle(join(this.directory, name), patch, options)
    // The token in the payload's environment is how a leaked process is found.
    return bundle.change({ process: (old) => withTokenInEnvironment(old, this.token) })
  }

  /** Runs at the end of the case, last added first. */
  atEnd(action: () => void | Promise<void>): void {
    this.cleanups.unshift(action)
  }

  start(args: string[], options: RunOptions = {}): { call: Call; done: Promise<Call> } {
    const env = { CONFORMANCE_TOKEN: this.token, ...this.caller.env, ...options.env }
    const how = { ...this.caller, ...options, env }
    const started = startRuntime(
      join(this.directory, 'calls'),
      ['--root', this.root, ...this.globalFlags, ...args],
      how,
    )
    this.calls.push(started.done.catch(() => undefined))
    return started
  }

  /** Calls the runtime with this case's --root, whatever the outcome. */
  runtime(args: string[], options: RunOptions = {}): Promise<Call> {
    return this.start(args, options).done
  }

  async succeed(args: string[], options: RunOptions = {}): Promise<Call> {
    const call = await this.runtime(args, options)
    assert.equal(call.status, 0, `should succeed: ${call}`)
    return call
  }

  /** The call must fail with this status and an error text that matches every pattern. */
  async fail(args: string[], patterns: (string | RegExp)[] = [], status = 1): Promise<Call> {
    const call = await this.runtime(args)
    assert.equal(call.status, status, `should fail: ${call}`)
    assert.notEqual(call.stderr, '', `should say why: ${call}`)
    for (const pattern of patterns) assertMatches(call, pattern)
    return call
  }

  create(bundle: Bundle, id = this.id(), ...flags: string[]): Promise<Call> {
    return this.succeed(['create', '--bundle', bundle.path, '--pid-file', pidFile(bundle, id), ...flags, id])
  }

  async createAndStart(bundle: Bundle, id = this.id(), ...flags: string[]): Promise<Call> {
    const call = await this.create(bundle, id, ...flags)
    await this.succeed(['start', id])
    return call
  }

  async state(id = this.id()): Promise<State> {
    return JSON.parse((await this.succeed(['state', id])).stdout) as State
  }

  async pid(id = this.id()): Promise<number> {
    return (await this.state(id)).pid
  }

  async stopped(id = this.id()): Promise<State> {
    for (;;) {
      const state = await this.state(id)
      if (state.status === 'stopped') return state
      await until(`the end of process ${state.pid}`, () => !isAlive(state.pid))
    }
  }

  async kill(id = this.id(), signal = 'KILL'): Promise<void> {
    await this.succeed(['kill', id, signal])
    await this.stopped(id)
  }

  /** Runs the probe in the foreground and reads what it reports. */
  async report(bundle: Bundle, items: string[], options: RunOptions & { flags?: string[] } = {}): Promise<Report> {
    bundle.probe('report', ...items)
    const flags = options.flags ?? []
    const call = await this.runtime(['run', '--bundle', bundle.path, ...flags, this.id()], options)
    assert.equal(call.status, 0, `should run: ${call}`)
    return parseReport(call.stdout)
  }

  /** Starts a container that reports and then waits; it is removed at the end of the case. */
  async reportAndWait(bundle: Bundle, items: string[], id = this.id()): Promise<Report> {
    bundle.probe('report', '--wait', ...items)
    const call = await this.createAndStart(bundle, id)
    await until(`a report from ${call}`, () => call.stdout.endsWith('\n'))
    return parseReport(call.stdout)
  }

  /** `run` must fail on this bundle, say so in terms of every pattern, and leave nothing behind. */
  async refuses(bundle: Bundle, ...patterns: (string | RegExp)[]): Promise<Call> {
    const call = await this.runtime(['run', '--bundle', bundle.path, this.id()])
    assert.notEqual(call.status, 0, `should fail: ${call}`)
    assert.equal(call.stdout, '', `nothing may have run: ${call}`)
    assert.notEqual(call.stderr, '', `should say why: ${call}`)
    for (const pattern of patterns) assertMatches(call, pattern)
    this.assertNothingLeft()
    return call
  }

  /** Before the case's own clean-up: no process, mount, cgroup or state of it may exist. */
  assertNothingLeft(): void {
    const state = existsSync(this.root) ? readdirSync(this.root).map((name) => `state ${name}`) : []
    const isHelper = (line: string) => [...this.helpers].some((pid) => line.startsWith(`process ${pid}:`))
    const left = leftovers(this.token).filter((line) => !isHelper(line))
    assert.deepEqual([...left, ...state], [])
  }

  /** The command line of the probe, for use as a wrapper around the runtime. */
  wrapper(...verb: string[]): string[] {
    return [probeFile, ...verb]
  }

  async finish(): Promise<string[]> {
    for (const cleanup of this.cleanups) await cleanup()
    const ids = existsSync(this.root) ? readdirSync(this.root) : []
    for (const id of ids.filter((name) => name.startsWith(this.token))) await this.runtime(['delete', '--force', id])
    if (this.keepsEmptyCgroups) removeEmptyCgroups(this.token)
    // A `run` whose container was deleted just now is about to end; one that does not end is reported below.
    await Promise.race([Promise.all(this.calls), sleep(5000, undefined, { ref: false })])
    const left = leftovers(this.token)
    await removeLeftovers(this.token)
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 })
    return left
  }
}

/** Leaves a missing or malformed process alone: such configs are cases too. */
function withTokenInEnvironment(old: Json | undefined, token: string): Json | undefined {
  if (typeof old !== 'object' || old === null || Array.isArray(old)) return old
  const env = old.env ?? []
  return Array.isArray(env) ? { ...old, env: [...env, `CONFORMANCE_TOKEN=${token}`] } : old
}

function assertMatches(call: Call, pattern: string | RegExp): void {
  const text = call.stderr
  const found = typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text)
  assert.ok(found, `the error should match ${pattern}: ${call}`)
}

export function pidFile(bundle: Bundle, id: string): string {
  return join(bundle.path, `${id}.pid`)
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export interface CaseOptions {
  requires?: Requirement[]
  /** First run a plain container: for cases that a runtime which never starts anything would pass. */
  control?: boolean
  /** What bounds a hang, in seconds. */
  limit?: number
}

/** Makes the function that declares the cases of a room: `it('a sentence', async (c) => …)`. */
export function casesOf(room: string, roomOptions: CaseOptions = {}) {
  return (sentence: string, body: (c: Case) => Promise<void>, options: CaseOptions = {}): void => {
    const name = `${room}: ${sentence}`
    const requirements = [root, runtimePresent, ...(roomOptions.requires ?? []), ...(options.requires ?? [])]
    const difference = knownDifference(name)
    const skip = firstUnmet(requirements) ?? (difference?.harmsTheHost ? difference.reason : undefined)
    const todo = difference?.reason
    test(name, { ...(skip && { skip }), ...(todo && { todo }), timeout: (options.limit ?? caseSeconds) * 1000 }, () =>
      runCase(async (c) => {
        if (roomOptions.control || options.control) await c.report(c.bundle(), ['ids'])
        await body(c)
      }),
    )
  }
}

async function runCase(body: (c: Case) => Promise<void>): Promise<void> {
  const c = new Case()
  let left: string[] = []
  try {
    await body(c)
  } finally {
    left = await c.finish()
  }
  assert.deepEqual(left, [], 'left on the host after delete --force')
}
