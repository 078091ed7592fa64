// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bundle } from './bundle.ts'
import type { Case } from './conformance-case.ts'
import type { Json, JsonObject, PatchObject } from './json.ts'
import { probeFile, repositoryRoot } from './places.ts'
import { until } from './until.ts'

/** What the probe needs from its start to its end when it makes system calls one by one. */
export const probeCalls = [
  'arch_prctl',
  'brk',
  'execve',
  'exit_group',
  'getppid',
  'ioctl',
  'mmap',
  'munmap',
  'set_tid_address',
  'write',
  'writev',
]

/** The profile of Docker as it was recorded. */
export function dockerProfile(): JsonObject {
  const file = join(repositoryRoot, 'spec-fixtures/engines/docker/config-run_true.json')
  return JSON.parse(readFileSync(file, 'utf8')).linux.seccomp
}

/** A rule of a profile. */
export function rule(action: string, names: string[], more: JsonObject = {}): JsonObject {
  return { names, action, ...more }
}

/** A profile that lets everything pass but for these rules. */
export function allowAllBut(...syscalls: Json[]): PatchObject {
  return { linux: { seccomp: { defaultAction: 'SCMP_ACT_ALLOW', syscalls } } }
}

/** A profile that lets nothing pass but these calls. */
export function denyAllBut(names: string[], defaultAction = 'SCMP_ACT_ERRNO', more: JsonObject = {}): PatchObject {
  return { linux: { seccomp: { defaultAction, ...more, syscalls: [rule('SCMP_ACT_ALLOW', names)] } } }
}

/** Runs `probe calls …` in the foreground: a number for each call, or the name of its errno. */
export async function callsIn(c: Case, bundle: Bundle, ...calls: string[]): Promise<(number | string)[]> {
  const call = await c.succeed(['run', '--bundle', bundle.probe('calls', ...calls).path, c.id()])
  return JSON.parse(call.stdout)
}

/** An agent that answers for a listener. */
export interface Agent {
  readonly socket: string
  /** What it has printed so far: what it was sent, then each call it was asked about. */
  lines(): string[]
  line(text: string): Promise<true>
  /** The container process state, as soon as it was sent. */
  sent(): Promise<JsonObject>
}

/**
 * Starts an agent on the host that gives one answer to everything: `errno=N`, `value=N` or `continue`. It serves one
 * listener; another agent can take its socket over.
 */
export async function startAgent(c: Case, answer: string, socket = join(c.directory, 'agent.sock')): Promise<Agent> {
  rmSync(socket, { force: true })
  const output = join(c.directory, `agent.${answer}.out`)
  writeFileSync(output, '')
  const child = spawn('sh', ['-c', 'exec "$0" "$@" >"$AGENT_OUTPUT"', probeFile, 'agent', socket, answer], {
    stdio: 'ignore',
    env: { AGENT_OUTPUT: output, CONFORMANCE_TOKEN: c.token },
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  c.atEnd(() => {
    child.kill('SIGKILL')
    return ended
  })
  const lines = () => readFileSync(output, 'utf8').split('\n').slice(0, -1)
  const line = (text: string) => until(`the line "${text}" of the agent`, () => lines().includes(text) || undefined)
  const sent = async () => JSON.parse(await until('the container process state', () => lines()[1]))
  await line('listening')
  return { socket, lines, line, sent }
}
