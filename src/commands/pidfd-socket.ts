// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import type { Fd } from '../sys/fd.ts'
import { openPidfd } from '../sys/pidfd.ts'
import { sendMessage } from '../sys/socket-message.ts'
import { connectTo } from '../sys/unix-socket.ts'

/** How long, in milliseconds, the caller may take to accept and read. */
const PATIENCE_MS = 10_000

/**
 * Sends a pidfd (Linux 5.3) of a child of this process to the stream socket of `--pidfd-socket`, in one message with
 * runc's word for the kind of process. Throws SOCKET_FAILED.
 */
export function sendPidfd(path: string, pid: number, kind: 'standard' | 'setns'): void {
  const pidfd = openPidfd(pid)
  let socket: Fd | undefined
  try {
    if (pidfd === undefined) throw new Error(`process ${pid} has ended`)
    socket = connectTo(path, 'stream', PATIENCE_MS)
    sendMessage(socket.number, Buffer.from(kind), [pidfd.number])
  } catch (error) {
    const message = `cannot send a pidfd to ${path}: ${(error as Error).message}`
    throw new RuntimeError('SOCKET_FAILED', message, { path, cause: error })
  } finally {
    socket?.close()
    pidfd?.close()
  }
}
