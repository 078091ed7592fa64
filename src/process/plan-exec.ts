// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path'
import type { RootfsPath } from '../plan/op.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedProcess } from '../spec/validated-spec.ts'
import { containerEnvironment, lacksHome, searchPathOf } from './container-environment.ts'

const cwdOrigin = { pointer: pointer('process', 'cwd') }
const envOrigin = { pointer: pointer('process', 'env') }
const argsOrigin = { pointer: pointer('process', 'args') }

/** A missing working directory is made, as in runc, while the root can still be written to. */
export function planWorkingDirectory({ cwd }: ValidatedProcess, plan: PlanBuilder): void {
  const target = rootfsPath(cwd)
  if (target !== '/') plan.append('inside', { op: 'make_working_directory', target }, cwdOrigin)
}

/** While the image can be read with the runtime's rights, whatever the user may read. */
export function planFindHome(process: ValidatedProcess, plan: PlanBuilder): void {
  if (lacksHome(process)) plan.append('inside', { op: 'find_home', uid: process.user.uid }, envOrigin)
}

/** As root first: a user need not be able to search the directories above. Only the user may on a root-squashing NFS. */
export function planEnterDirectory({ cwd, user }: ValidatedProcess, plan: PlanBuilder): void {
  const step = { op: 'change_directory', path: rootfsPath(cwd) } as const
  plan.append('seal', user.uid === 0 ? step : { ...step, tolerate: true }, cwdOrigin)
}

/** The second try, for directories that root was refused; it changes nothing where the first one succeeded. */
export function planEnterDirectoryAsUser({ cwd, user }: ValidatedProcess, plan: PlanBuilder): void {
  if (user.uid === 0) return
  plan.append('seal', { op: 'change_directory', path: rootfsPath(cwd) }, cwdOrigin)
}

/** Looked for with the user's own rights, so that a program that cannot be started is known before `start`. */
export function planFindExecutable(process: ValidatedProcess, plan: PlanBuilder): void {
  const file = process.args[0] ?? ''
  const searchPath = searchPathOf(process.env)
  plan.append('seal', { op: 'find_executable', file, searchPath }, argsOrigin)
}

/**
 * Before a filter that is loaded late where no hook comes between, because the word needs more than the program may;
 * behind hooks, which need as much, where there are any.
 */
export function planAnnounceExec(plan: PlanBuilder): void {
  plan.append('started', { op: 'announce_exec' }, { reason: 'start' })
}

export function planExec(process: ValidatedProcess, plan: PlanBuilder): void {
  plan.append('started', { op: 'exec', args: process.args, env: containerEnvironment(process) }, argsOrigin)
}

function rootfsPath(path: string): RootfsPath {
  return posix.resolve('/', path) as RootfsPath
}
