// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runtimeFile } from './places.ts'
import { until } from './until.ts'

export interface RunOptions {
  /** Text on standard input; /dev/null without it. */
  stdin?: string
  env?: Record<string, string>
  cwd?: string
  /** A command that is put before the runtime's own. */
  wrapper?: string[]
  /** Gets the pid as soon as there is one. */
  onSpawn?: (pid: number) => void
}

/** A finished (or still running) call. Its output lives in files, because a container outlives the call that made it. */
export class Call {
  readonly args: string[]
  pid = 0
  status: number | null = null
  signal: NodeJS.Signals | null = null
  private readonly base: string

  constructor(args: string[], base: string) {
    this.args = args
    this.base = base
  }

  get stdoutFile(): string {
    return `${this.base}.out`
  }
  get stderrFile(): string {
    return `${this.base}.err`
  }
  get stdout(): string {
    return readFileSync(this.stdoutFile, 'utf8')
  }
  get stderr(): string {
    return readFileSync(this.stderrFile, 'utf8')
  }

  /** Everything one wants to see when an assertion about this call fails. */
  toString(): string {
    return `${this.args.join(' ')}\n  status ${this.status} signal ${this.signal}\n  stdout: ${this.stdout}\n  stderr: ${this.stderr}`
  }

  outputLine(line: string): Promise<true> {
    return until(`the line "${line}" from ${this}`, () => this.stdout.split('\n').includes(line) || undefined)
  }
}

const timeLimitSeconds = Math.max(60, Number(process.env.WAIT_SECONDS ?? 0))
let counter = 0

/** Starts the runtime; `done` settles when the process itself has ended, whoever still holds its output. */
export function startRuntime(
  directory: string,
  args: string[],
  options: RunOptions = {},
): { call: Call; done: Promise<Call> } {
  const base = join(directory, `call-${++counter}`)
  const [command = '', ...rest] = [...(options.wrapper ?? []), runtimeFile, ...args]
  const call = new Call(args, base)
  if (options.stdin !== undefined) writeFileSync(`${base}.in`, options.stdin)
  const stdin = openSync(options.stdin === undefined ? '/dev/null' : `${base}.in`, 'r')
  const stdout = openSync(call.stdoutFile, 'a')
  const stderr = openSync(call.stderrFile, 'a')
  const child = spawn(command, rest, {
    stdio: [stdin, stdout, stderr],
    cwd: options.cwd ?? directory,
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', ...options.env },
  })
  for (const fd of [stdin, stdout, stderr]) closeSync(fd)
  const done = new Promise<Call>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`no end within ${timeLimitSeconds} s: ${call}`))
    }, timeLimitSeconds * 1000)
    child.on('error', reject)
    child.on('exit', (status, signal) => {
      clearTimeout(timer)
      call.status = status
      call.signal = signal
      resolve(call)
    })
  })
  call.pid = child.pid ?? 0
  if (child.pid !== undefined) options.onSpawn?.(child.pid)
  return { call, done }
}
