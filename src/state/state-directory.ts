// SPDX-License-Identifier: Apache-2.0
import { chmodSync, existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { errnoOf, failedTo, RuntimeError } from '../errors/runtime-error.ts'
import { checkContainerId, isContainerId } from './container-id.ts'

const PRIVATE = 0o700
/** Keeps clean-up programs away from what lies in $XDG_RUNTIME_DIR (XDG base directory specification). */
const STICKY = 0o1000

export const RECORD_FILE = 'state.json'
/** Exists from the end of `create` until `start` opens it: its presence means "created". */
export const START_SOCKET = 'start.sock'

/** What is mounted into a container whose program tells NOTIFY_SOCKET that it is ready, and the socket in it. */
export const NOTIFY_DIRECTORY = 'notify'
export const NOTIFY_NAME = 'notify.sock'

/** `<root>/<id>`; throws CONTAINER_ID_INVALID before the id can become a path. */
export function stateDirectory(root: string, id: string): string {
  checkContainerId(id)
  return join(root, id)
}

/** Makes `<root>/<id>`, private; the kernel decides between two commands that want the same id. */
export function createStateDirectory(root: string, id: string): string {
  const directory = stateDirectory(root, id)
  let hasRoot = false
  try {
    mkdirSync(root, { recursive: true, mode: PRIVATE | STICKY })
    hasRoot = true
    mkdirSync(directory, { mode: PRIVATE })
  } catch (error) {
    if (hasRoot && errnoOf(error) === 'EEXIST') throw new RuntimeError('CONTAINER_EXISTS', RUNC_PHRASES.containerExists)
    throw failedTo('STATE_UNREADABLE', `cannot create the state directory ${hasRoot ? directory : root}`, error, {
      ...(errnoOf(error) === 'EACCES'
        ? { hint: 'set XDG_RUNTIME_DIR to a directory of your own, or give --root' }
        : {}),
    })
  }
  return directory
}

/** For every user of a container, whatever the umask; writable for nobody but its owner. */
export function makeNotifyDirectory(path: string): void {
  mkdirSync(path)
  chmodSync(path, 0o755)
}

/** False in a directory that `create` has made and not locked yet. */
export function hasRecord(directory: string): boolean {
  return existsSync(join(directory, RECORD_FILE))
}

/** Removes a container's directory; the caller holds its lock. The record goes last, so a killed `delete` can be repeated. */
export function removeStateDirectory(directory: string): void {
  try {
    for (const name of readdirSync(directory)) {
      if (name !== RECORD_FILE) rmSync(join(directory, name), { recursive: true, force: true })
    }
    rmSync(join(directory, RECORD_FILE), { force: true })
    rmdirSync(directory)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw failedTo('STATE_UNREADABLE', `cannot remove the state directory ${directory}`, error)
  }
}

/** The ids below `root`, sorted; undefined when `root` does not exist. Names that cannot be ids are not ours. */
export function listContainerIds(root: string): string[] | undefined {
  try {
    const entries = readdirSync(root, { withFileTypes: true })
    return entries.flatMap((entry) => (entry.isDirectory() && isContainerId(entry.name) ? [entry.name] : [])).sort()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw failedTo('STATE_UNREADABLE', `cannot list the containers in ${root}`, error)
  }
}
