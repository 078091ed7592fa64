// SPDX-License-Identifier: Apache-2.0
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { errnoOf, isRuntimeError, RuntimeError } from '../errors/runtime-error.ts'
import { knock } from '../launch/start-gate.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { loadRecord } from '../state/container-record.ts'
import { NOTIFY_DIRECTORY, START_SOCKET, stateDirectory } from '../state/state-directory.ts'
import { statusOf, withContainerLock } from './container-access.ts'
import { runPoststartHooks, runPoststopHooks } from './container-hooks.ts'
import { destroyContainer } from './delete.ts'
import { notifyRelay } from './notify-relay.ts'
import { openDirectory } from './open-directory.ts'
import type { GlobalRequest, StartRequest } from './requests.ts'

/** Lets a created container run its program (runtime.md, Start); fails with the reason when execve(2) does. */
export async function start(global: GlobalRequest, { id }: StartRequest): Promise<void> {
  const { pid } = loadRecord(global.root, id)
  const notify = await notifyRelay(global, join(stateDirectory(global.root, id), NOTIFY_DIRECTORY))
  try {
    withContainerLock(global, id, (directory) => {
      const record = loadRecord(global.root, id)
      checkStartable(record, directory)
      notify?.listen()
      endingWithHooks(global, record, directory, () => {
        openGate(directory, record.pid)
        runPoststartHooks(record, directory)
      })
    })
    // Without the lock: the program may take its time, or never be ready.
    notify?.untilTold(pid, pid)
  } finally {
    notify?.close()
  }
}

/** A hook that fails ends the container, and its life goes on with what `delete` does (runtime.md, Lifecycle). */
function endingWithHooks(global: GlobalRequest, record: ContainerRecord, directory: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    if (isRuntimeError(error) && error.code === 'HOOK_FAILED') {
      destroyContainer(global, record, directory)
      runPoststopHooks(record, global.log)
    }
    throw error
  }
}

function checkStartable(record: ContainerRecord, directory: string): void {
  const status = statusOf(record, directory)
  if (status === 'stopped') throw new RuntimeError('CONTAINER_STATUS', RUNC_PHRASES.cannotStartStopped)
  if (status === 'paused') throw new RuntimeError('CONTAINER_STATUS', RUNC_PHRASES.cannotStartPaused)
  if (status !== 'created') throw new RuntimeError('CONTAINER_STATUS', RUNC_PHRASES.cannotStartRunning)
  if (record.withoutProcess) {
    throw new RuntimeError('SPEC_INVALID', RUNC_PHRASES.processMissing, { pointer: '/process' })
  }
}

function openGate(directory: string, pid: number): void {
  const folder = openDirectory(directory)
  try {
    knock(folder.number, START_SOCKET, pid)
  } catch (error) {
    if (errnoOf(error) !== 'ECONNREFUSED') throw error
    throw new RuntimeError('CONTAINER_STATUS', RUNC_PHRASES.cannotStartStopped, { cause: error })
  } finally {
    folder.close()
    rmSync(join(directory, START_SOCKET), { force: true })
  }
}
