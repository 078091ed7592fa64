// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import { preservedFdMissing } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'
import { NOTIFY_DIRECTORY, NOTIFY_NAME } from '../state/state-directory.ts'
import { inheritedDescriptors } from '../sys/inherited-descriptors.ts'
import { readActivation } from './socket-activation.ts'

/** What the program gets of the runtime's caller beside stdio. */
export interface PassedOn {
  /** Descriptors from 3 on. */
  readonly count: number
  /** Entries that config.json does not have. */
  readonly environment: readonly string[]
  /** The directory for the program's end of NOTIFY_SOCKET, absolute, which is still to be made. */
  readonly notifyDirectory?: string
}

/**
 * Sockets of the service manager come first, then as many descriptors as `--preserve-fds` asks for, as with runc.
 * Throws OPTION_INVALID where one of them is not there: what the runtime has opened itself never gets in.
 */
export function passedOn(preserveFds: number, stateDirectory: string): PassedOn {
  const activation = readActivation(process.env, process.pid)
  const count = activation.count + preserveFds
  if (count > 0) checkOpen(activation.count, preserveFds)
  const { environment } = activation
  if (!process.env.NOTIFY_SOCKET) return { count, environment }
  const entry = `NOTIFY_SOCKET=/run/notify/${NOTIFY_NAME}`
  return { count, environment: [...environment, entry], notifyDirectory: join(stateDirectory, NOTIFY_DIRECTORY) }
}

/** What a plan depends on of it. */
export function passedOnInputs({ count = 0, notifyDirectory }: Partial<PassedOn> = {}) {
  return { passedOn: count, ...(notifyDirectory !== undefined && { notifyDirectory }) }
}

/** The same for a process that joins a container, which gets no sockets of a service manager, as with runc. */
export function checkPreserved(count: number): void {
  checkOpen(0, count)
}

function checkOpen(listening: number, preserved: number): void {
  const found = inheritedDescriptors()
  if (found >= listening + preserved) return
  if (found >= listening)
    throw new RuntimeError('OPTION_INVALID', preservedFdMissing(found - listening, preserved, 3 + found))
  const message = `cannot pass descriptor ${3 + found} on: LISTEN_FDS is ${listening} and it is not open`
  throw new RuntimeError('OPTION_INVALID', message)
}

/** Of two entries for a name the last counts, as with runc. */
export function withEnvironment(spec: ValidatedSpec, entries: readonly string[]): ValidatedSpec {
  const { process } = spec
  if (process === undefined || entries.length === 0) return spec
  return { ...spec, process: { ...process, env: [...process.env, ...entries] } }
}
