// SPDX-License-Identifier: Apache-2.0
import type { CreatedCgroup } from '../cgroups/cgroup-manager.ts'
import { createCgroup } from '../cgroups/host-cgroup.ts'
import { awaitedUnit } from '../cgroups/systemd/host-create-unit.ts'
import type { OpenedTerminal } from '../console/opened-terminal.ts'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import type { Shim } from '../launch/spawn-shim.ts'
import { spawnShim } from '../launch/spawn-shim.ts'
import { Undo } from '../launch/undo.ts'
import { checkContainerId } from '../state/container-id.ts'
import type { ContainerLock } from '../state/container-lock.ts'
import { lockContainer } from '../state/container-lock.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { writeRecord } from '../state/container-record.ts'
import {
  createStateDirectory,
  hasRecord,
  makeNotifyDirectory,
  removeStateDirectory,
  START_SOCKET,
  stateDirectory,
} from '../state/state-directory.ts'
import type { Fd } from '../sys/fd.ts'
import { tryLockExclusive } from '../sys/files.ts'
import { detachNewMounts } from '../sys/mounts.ts'
import { listenAt } from '../sys/unix-socket.ts'
import { type ContainerResctrl, prepareContainerResctrl } from './container-resctrl.ts'
import { firstRecord } from './first-record.ts'
import { openDirectory } from './open-directory.ts'
import { checkTerminal, openTerminal } from './open-terminal.ts'
import { passedOn } from './passed-on.ts'
import type { PreparedBundle } from './prepare-bundle.ts'
import { prepareBundle, withLine } from './prepare-bundle.ts'
import type { PreparedCgroups } from './prepare-cgroups.ts'
import type { CreateRequest, GlobalRequest } from './requests.ts'

/** A launch that the shim is busy with; whoever has it goes on with `finishLaunch`, which also takes it back. */
export interface BegunLaunch {
  readonly global: GlobalRequest
  readonly request: CreateRequest
  readonly bundle: PreparedBundle
  readonly resctrl: ContainerResctrl | undefined
  readonly directory: string
  readonly record: ContainerRecord
  readonly lock: ContainerLock
  readonly undo: Undo
  readonly cgroup: CreatedCgroup
  readonly shim: Shim
  /** Where the terminal goes, of a process that has one. */
  readonly terminal: OpenedTerminal | undefined
}

/**
 * From a bundle to a shim that makes the container, which then waits at the start gate (`gate`) or runs the program
 * (`program`). Everything that can be found wrong without touching the host is found first. Apart from the rest, so that
 * what is only needed from now on can be loaded while the shim works.
 */
export async function beginLaunch(
  global: GlobalRequest,
  request: CreateRequest & { readonly detach?: boolean },
  until: 'gate' | 'program',
): Promise<BegunLaunch> {
  checkContainerId(request.id)
  const whole = { ...request, passedOn: passedOn(request.preserveFds, stateDirectory(global.root, request.id)) }
  const bundle = prepareBundle(global, whole, until, ({ process }) =>
    checkTerminal(process?.terminal ?? false, request.detach ?? true, request.consoleSocket),
  )
  if (global.debug) (await import('./tell-plan.ts')).tellPlan(bundle.plan, global.log)
  const terminal = bundle.spec.process?.terminal ? await openTerminal(request.consoleSocket, global.log) : undefined
  return withLine(bundle.configText, () => {
    try {
      const resctrl = prepareContainerResctrl(bundle.spec, request.id)
      return { ...begin(global, request, bundle, resctrl, until === 'gate'), terminal }
    } catch (error) {
      terminal?.close()
      throw error
    }
  })
}

function begin(
  global: GlobalRequest,
  request: CreateRequest,
  bundle: PreparedBundle,
  resctrl: ContainerResctrl | undefined,
  gated: boolean,
): Omit<BegunLaunch, 'terminal'> {
  const undo = new Undo()
  let lock: ContainerLock | undefined
  try {
    let record = firstRecord(request, bundle, bundle.cgroups.placement, resctrl)
    const directory = createStateDirectory(global.root, request.id)
    lock = claim(directory, record, undo)
    undo.push('the mounts', () => detachMounts(record))
    if (bundle.notifyDirectory !== undefined) makeNotifyDirectory(bundle.notifyDirectory)
    const cgroup = makeCgroup(bundle, undo)
    if (resctrl) record = { ...record, rdt: makeResctrl(resctrl, undo) }
    const shim = startShim(global, bundle, directory, gated)
    return { global, request, bundle, resctrl, directory, record, lock, undo, cgroup, shim }
  } catch (error) {
    undo.run(global.log)
    lock?.release()
    throw error
  }
}

/** The record is written before anything else exists, so that `delete --force` finds all after a kill -9. */
function claim(directory: string, record: ContainerRecord, undo: Undo): ContainerLock {
  const lock = lockMade(directory)
  // Not before: until then the directory may be deleted, and one of this name somebody else's.
  undo.push('the state directory', () => removeStateDirectory(directory))
  writeRecord(directory, record)
  return lock
}

/** Where a record is, another command deleted the new directory and a third has made one of the same name. */
function lockMade(directory: string): ContainerLock {
  const lock = lockContainer(directory, tryLockExclusive)
  if (!hasRecord(directory)) return lock
  lock.release()
  throw new RuntimeError('CONTAINER_EXISTS', RUNC_PHRASES.containerExists)
}

function detachMounts({ rootfs, mountsBefore }: ContainerRecord): void {
  if (mountsBefore) detachNewMounts(rootfs, mountsBefore)
}

function makeCgroup({ cgroups }: PreparedBundle, undo: Undo): CreatedCgroup {
  const unit = awaitedUnit(cgroups.placement, cgroups.unitProperties)
  const cgroup = unit ?? createCgroup(cgroups.placement)
  undo.push('the cgroup', () => cgroup.undo())
  if (unit === undefined) fillCgroup(cgroup, cgroups)
  return cgroup
}

/** Everything that a new cgroup is given before a process of the container does anything in it. */
export function fillCgroup(cgroup: CreatedCgroup, { owner, resourcePlan }: PreparedCgroups): void {
  if (owner !== undefined) cgroup.delegate(owner)
  cgroup.apply(resourcePlan)
}

function makeResctrl(resctrl: ContainerResctrl, undo: Undo): ContainerRecord['rdt'] {
  undo.push('the resctrl groups', () => resctrl.undo())
  return resctrl.make()
}

function startShim({ log }: GlobalRequest, { plan }: PreparedBundle, directory: string, gated: boolean): Shim {
  const gate = gated ? openGate(directory) : undefined
  try {
    return spawnShim(plan, gate ? [gate] : [], log.debugEnabled)
  } finally {
    gate?.close()
  }
}

function openGate(path: string): Fd {
  const directory = openDirectory(path)
  try {
    return listenAt(directory.number, START_SOCKET)
  } finally {
    directory.close()
  }
}
