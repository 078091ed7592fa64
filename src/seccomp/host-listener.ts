// SPDX-License-Identifier: Apache-2.0
import type { ContainerProcessState, State } from '@opencontainers/runtime-spec-types'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { errnoOf, RuntimeError } from '../errors/runtime-error.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedSeccomp } from '../spec/validated-spec.ts'
import type { Fd } from '../sys/fd.ts'
import { copyDescriptor, openPidfd } from '../sys/pidfd.ts'
import { sendMessage } from '../sys/socket-message.ts'
import { connectTo } from '../sys/unix-socket.ts'

/** The seccomp listener of a process that waits, and the state of its container as the agent gets to know it. */
export interface Listener {
  readonly pid: number
  /** Number of the descriptor in that process. */
  readonly descriptor: number
  readonly state: State
}

/** What the agent at `listenerPath` is told beside the descriptor (config-linux.md, The Container Process State). */
export interface Handover {
  readonly path: string
  readonly message: ContainerProcessState
}

export function handoverOf(seccomp: ValidatedSeccomp, { pid, state }: Pick<Listener, 'pid' | 'state'>): Handover {
  const { listenerPath = '', listenerMetadata: metadata } = seccomp
  const { ociVersion } = state
  return {
    path: listenerPath,
    message: { ociVersion, fds: ['seccompFd'], pid, ...(metadata && { metadata }), state },
  }
}

/** How long an agent may take to accept and read, in milliseconds: one that hangs must not hang every `create`. */
const PATIENCE_MS = 10_000

/** Sends the container process state with the listener to its agent and closes the connection. Throws LISTENER_FAILED. */
export function handOverListener(seccomp: ValidatedSeccomp, listener: Listener, patienceMs = PATIENCE_MS): void {
  const { path, message } = handoverOf(seccomp, listener)
  const fd = orFail('cannot take over the seccomp listener of the container process: ', () => fetch(listener))
  try {
    send(path, JSON.stringify(message), fd.number, patienceMs)
  } finally {
    fd.close()
  }
}

function fetch({ pid, descriptor }: Listener): Fd {
  const pidfd = openPidfd(pid)
  if (pidfd === undefined) throw new Error('it has ended')
  try {
    return copyDescriptor(pidfd, descriptor)
  } finally {
    pidfd.close()
  }
}

function send(path: string, text: string, fd: number, patienceMs: number): void {
  const agent = orFail(RUNC_PHRASES.noSeccompAgent, () => connectTo(path, 'stream', patienceMs))
  try {
    orFail('cannot send the seccomp listener to its agent: ', () => {
      sendMessage(agent.number, Buffer.from(text), [fd])
    })
  } finally {
    agent.close()
  }
}

function orFail<T>(action: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    const errno = errnoOf(error)
    throw new RuntimeError('LISTENER_FAILED', `${RUNC_PHRASES.startingProcess}${action}${(error as Error).message}`, {
      pointer: pointer('linux', 'seccomp', 'listenerPath'),
      ...(errno && { errno }),
      cause: error,
    })
  }
}
