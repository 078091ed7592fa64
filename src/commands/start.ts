// SPDX-License-Identifier: Apache-2.0
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { errnoOf, RuntimeError } from '../errors/runtime-error.ts'
import { knock } from '../launch/start-gate.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { loadRecord } from '../state/container-record.ts'
import { START_SOCKET } from '../state/state-directory.ts'
import { statusOf, withContainerLock } from './container-access.ts'
import { destroyContainer } from './delete.ts'
import { runLaterHooks } from './hook-state.ts'
import { openDirectory } from './open-directory.ts'
import type { GlobalRequest, StartRequest } from './requests.ts'

/** Lets a created container run its program (runtime.md, Start); fails with the reason when execve(2) does. */
export function start(global: GlobalRequest, { id }: StartRequest): void {
  loadRecord(global.root, id)
  withContainerLock(global, id, (directory) => {
    const record = loadRecord(global.root, id)
    checkStartable(record, directory)
    openGate(directory)
    runPoststart(record, directory)
  })
}

/** Since 1.3.0 a failing hook ends the container (runtime.md, Lifecycle step 9). */
function runPoststart(record: ContainerRecord, directory: string): void {
  try {
    runLaterHooks('poststart', record)
  } catch (error) {
    destroyContainer(record, directory)
    throw error
  }
}

function checkStartable(record: ContainerRecord, directory: string): void {
  const status = statusOf(record, directory)
  if (status === 'stopped') throw new RuntimeError('CONTAINER_STATUS', RUNC_PHRASES.cannotStartStopped)
  if (status !== 'created') throw new RuntimeError('CONTAINER_STATUS', RUNC_PHRASES.cannotStartRunning)
  if (record.withoutProcess) {
    throw new RuntimeError('SPEC_INVALID', RUNC_PHRASES.processMissing, { pointer: '/process' })
  }
}

function openGate(directory: string): void {
  const folder = openDirectory(directory)
  try {
    knock(folder.number, START_SOCKET)
  } catch (error) {
    if (errnoOf(error) !== 'ECONNREFUSED') throw error
    throw new RuntimeError('CONTAINER_STATUS', RUNC_PHRASES.cannotStartStopped, { cause: error })
  } finally {
    folder.close()
    rmSync(join(directory, START_SOCKET), { force: true })
  }
}
