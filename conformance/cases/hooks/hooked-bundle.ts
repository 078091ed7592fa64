// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bundle } from '../../harness/bundle.ts'
import type { Case, State } from '../../harness/conformance-case.ts'
import { append, type JsonObject, type Patch } from '../../harness/json.ts'
import { until } from '../../harness/until.ts'

export const KINDS = [
  'prestart',
  'createRuntime',
  'createContainer',
  'startContainer',
  'poststart',
  'poststop',
] as const
export type Kind = (typeof KINDS)[number]
export type Hooks = { [K in Kind]?: JsonObject[] }

/** The command at which a hook of this kind runs, given a container that was made with `create`. */
export const COMMAND: Readonly<Record<Kind, 'create' | 'start' | 'delete'>> = {
  prestart: 'create',
  createRuntime: 'create',
  createContainer: 'create',
  startContainer: 'start',
  poststart: 'start',
  poststop: 'delete',
}

/** Of a case whose hooks write files: one directory with the same path on the host and in the container. */
export function notes(c: Case, name: string): string {
  return join(c.directory, 'notes', name)
}

export function readNote(c: Case, name: string): string {
  return existsSync(notes(c, name)) ? readFileSync(notes(c, name), 'utf8') : ''
}

export function note(c: Case, name: string): Promise<true> {
  return until(`the note ${name}`, () => existsSync(notes(c, name)) || undefined)
}

/** A hook that runs a shell script; the token in its environment is how a leaked process is found. */
export function shellHook(c: Case, script: string, more: JsonObject = {}): JsonObject {
  const env = ['PATH=/usr/bin:/bin', `CONFORMANCE_TOKEN=${c.token}`]
  return { path: '/bin/sh', args: ['sh', '-c', script], env, ...more }
}

/** A bundle with these hooks, a shell in it, and a program that waits to be killed. */
export function hookedBundle(c: Case, hooks: Hooks, patch: Patch = {}): Bundle {
  const source = join(c.directory, 'notes')
  mkdirSync(source, { recursive: true })
  const mounts = append({ destination: source, source, type: 'bind', options: ['bind', 'rw'] })
  return c.bundle({ mounts, hooks }, { busybox: true }).probe('wait').change(patch)
}

/** create, start, kill and delete, which must all succeed; returns the state while it ran. */
export async function wholeLife(c: Case, bundle: Bundle): Promise<State> {
  await c.createAndStart(bundle)
  const state = await c.state()
  await c.kill()
  await c.succeed(['delete', c.id()])
  return state
}
