// SPDX-License-Identifier: Apache-2.0
import { cannotDelete, RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { errnoOf, failedTo, isRuntimeError, RuntimeError } from '../errors/runtime-error.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { findRecord } from '../state/container-record.ts'
import { livingHostHook } from '../state/host-hook.ts'
import { removeStateDirectory, stateDirectory } from '../state/state-directory.ts'
import type { Fd } from '../sys/fd.ts'
import { detachNewMounts } from '../sys/mounts.ts'
import { waitReadable } from '../sys/poll.ts'
import { sharerOfCgroup } from './cgroup-sharer.ts'
import { statusOf, withContainerLock } from './container-access.ts'
import { cgroupOf } from './container-cgroup.ts'
import { runPoststopHooks } from './container-hooks.ts'
import { removeResctrlOf } from './container-resctrl.ts'
import { killCgroupOf, killContainer, openContainerProcess } from './kill.ts'
import type { DeleteRequest, GlobalRequest } from './requests.ts'

/** As long as runc waits: a hundred times a hundred milliseconds. */
const PATIENCE_MS = 10_000
const THAW_EVERY_MS = 200

/**
 * Undoes what `create` did (runtime.md, Delete). A created container is ended first, as every engine expects; a
 * running one only with `force`, and then a container that is not there is no mistake.
 */
export function deleteContainer(global: GlobalRequest, { id, force }: DeleteRequest): void {
  try {
    const whenBusy = force ? () => endHeldUp(global, id) : undefined
    withContainerLock(global, id, (directory) => remove(global, id, force, directory), whenBusy)
  } catch (error) {
    if (force && isRuntimeError(error) && error.code === 'CONTAINER_NOT_FOUND') return
    throw error
  }
}

/** Without the lock: a command that has it may be waiting for a hook, and hooks may hang. */
function endHeldUp(global: GlobalRequest, id: string): void {
  try {
    endHostHook(stateDirectory(global.root, id))
    const record = findRecord(global.root, id)
    if (record !== undefined) endProcess(global, record)
  } catch (error) {
    // It may be changing this moment; what is wrong for good is told once the lock is there.
    if (!isRuntimeError(error)) throw error
  }
}

function remove(global: GlobalRequest, id: string, force: boolean, directory: string): void {
  const record = readRecord(global, id, force)
  if (record === undefined) {
    removeStateDirectory(directory)
    throw new RuntimeError('CONTAINER_NOT_FOUND', RUNC_PHRASES.containerNotFound)
  }
  if (!force) refuseRunning(record, directory)
  destroyContainer(global, record, directory)
  runPoststopHooks(record, global.log)
}

function refuseRunning(record: ContainerRecord, directory: string): void {
  const status = statusOf(record, directory)
  if (status === 'stopped' || status === 'created') return
  throw new RuntimeError('CONTAINER_STATUS', cannotDelete(record.id, status))
}

/** With `force` a damaged record is no obstacle: what it names is lost, but the id becomes free. */
function readRecord(global: GlobalRequest, id: string, force: boolean): ContainerRecord | undefined {
  try {
    return findRecord(global.root, id)
  } catch (error) {
    if (!force) throw error
    global.log.warn((error as Error).message)
    return undefined
  }
}

/** Ends every process of a container and removes its cgroups, mounts and state. The caller holds the lock. */
export function destroyContainer(global: GlobalRequest, record: ContainerRecord, directory: string): void {
  endHostHook(directory)
  endProcess(global, record)
  // Of a `create` that was killed, too, the first process has ended, and a pid namespace with it.
  if (!record.ownPidNamespace) killCgroupOf(global, record)
  removeCgroupOf(global, record)
  removeResctrlOf(record)
  if (record.mountsBefore) detachNewMounts(record.rootfs, record.mountsBefore)
  removeStateDirectory(directory)
}

/** Where another container lives in the cgroup by now, it is left to that one. */
function removeCgroupOf(global: GlobalRequest, record: ContainerRecord): void {
  try {
    cgroupOf(record)?.destroy()
  } catch (error) {
    if (sharerOfCgroup(global.root, record) === undefined) throw error
  }
}

/** A hook on the host, with its process group: it may hang, or be left over from a command that was killed. */
function endHostHook(directory: string): void {
  const hook = livingHostHook(directory)
  if (hook === undefined) return
  try {
    process.kill(-hook.pid, 'SIGKILL')
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw failedTo('CONTAINER_STATUS', `cannot end the hook ${hook.pid}`, error)
  }
}

function endProcess(global: GlobalRequest, record: ContainerRecord): void {
  const process = openContainerProcess(record)
  if (process === undefined) return
  try {
    killContainer(global, record)
    if (endsIn(PATIENCE_MS, process, record)) return
    throw new RuntimeError(
      'CONTAINER_STATUS',
      `cannot end process ${record.pid} of container ${record.id}: it survives SIGKILL`,
    )
  } finally {
    process.close()
  }
}

/** A process that was killed itself may still have frozen others before it died, and the first waits for those. */
function endsIn(milliseconds: number, process: Fd, record: ContainerRecord): boolean {
  for (let waited = 0; waited < milliseconds; waited += THAW_EVERY_MS) {
    if (waitReadable(process.number, THAW_EVERY_MS)) return true
    cgroupOf(record)?.thawForKill()
  }
  return false
}
