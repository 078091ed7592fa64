// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../log/logger.ts'
import { POLL } from '../sys/constants.ts'
import type { Fd } from '../sys/fd.ts'
import { openPidfd } from '../sys/pidfd.ts'
import { createPipe } from '../sys/pipe.ts'
import { waitAnyReady } from '../sys/poll.ts'
import { receiveDatagram, sendMessage } from '../sys/socket-message.ts'
import { bindDatagramAt, connectDatagram } from '../sys/unix-socket.ts'
import { READY, saysReady } from './notify-message.ts'

/** As long as runc waits for the service manager, in milliseconds. */
const PATIENCE_MS = 30_000
/** Longer datagrams are none of sd_notify(3); what does not fit is dropped by the kernel, descriptors too. */
const MOST_BYTES = 4096
/** More than a queue of datagrams holds (net.unix.max_dgram_qlen). */
const MOST_QUEUED = 1024

/**
 * Tells the service manager at NOTIFY_SOCKET once that the program in the container is ready, with a main pid, and waits
 * until that has been dealt with. The container may send what it likes, as fast as it likes.
 */
export class NotifyRelay {
  readonly #place: NotifyPlace
  readonly #manager: Fd
  readonly #log: Logger
  #listener: Fd | undefined
  #barrier: Fd | undefined
  #deadline = Infinity

  constructor(place: NotifyPlace, manager: Fd, log: Logger) {
    this.#place = place
    this.#manager = manager
    this.#log = log
  }

  /** Before the program can look for the socket. Without one there is only a warning: the program can run. */
  listen(): void {
    try {
      this.#listener = listenIn(this.#place)
    } catch (error) {
      this.#log.warn(`cannot listen in ${this.#place.directory}: ${(error as Error).message}`)
    }
  }

  /** What to wait for: readable means that `serve` has something to do. -1 when all is done. */
  get descriptor(): number {
    if (this.#barrier !== undefined) return this.#barrier.open ? this.#barrier.number : -1
    return this.#listener?.open ? this.#listener.number : -1
  }

  /** Milliseconds after which waiting for the service manager makes no sense any more. */
  get patience(): number | undefined {
    return this.#deadline === Infinity ? undefined : Math.max(0, this.#deadline - performance.now())
  }

  /** Reads one datagram, or learns that the service manager has dealt with the last one. Never blocks for the container. */
  serve(mainPid: number): void {
    if (this.#barrier !== undefined) {
      this.#barrier.close()
      return
    }
    const datagram = receiveDatagram(this.descriptor, MOST_BYTES)
    if (datagram !== undefined && saysReady(datagram)) this.#tell(mainPid)
  }

  #tell(mainPid: number): void {
    this.#listener?.close()
    const { reader, writer } = createPipe()
    this.#barrier = reader
    this.#deadline = performance.now() + PATIENCE_MS
    try {
      sendMessage(this.#manager.number, Buffer.from(`${READY}\n`))
      sendMessage(this.#manager.number, Buffer.from(`MAINPID=${mainPid}\n`))
      sendMessage(this.#manager.number, Buffer.from('BARRIER=1'), [writer.number])
    } catch (error) {
      this.#log.warn(`cannot tell the service manager that the container is ready: ${(error as Error).message}`)
      reader.close()
    } finally {
      writer.close()
    }
  }

  /** Waits until the manager was told, or the process `pid` has ended without a word. */
  untilTold(pid: number, mainPid: number): void {
    const pidfd = openPidfd(pid)
    try {
      while (pidfd !== undefined && this.descriptor >= 0 && this.#barrier === undefined) {
        const [spoke, ended] = waitAnyReady([readable(this.descriptor), readable(pidfd.number)])
        if (spoke) this.serve(mainPid)
        else if (ended) break
      }
      this.finish(mainPid)
    } finally {
      pidfd?.close()
    }
  }

  /** The container has ended, or has said that it is ready: what is on its way still counts. */
  finish(mainPid: number): void {
    for (let i = 0; i < MOST_QUEUED && this.#barrier === undefined && this.descriptor >= 0; i++) {
      if (!waitAnyReady([readable(this.descriptor)], 0)[0]) break
      this.serve(mainPid)
    }
    if (this.#barrier?.open && !waitAnyReady([readable(this.#barrier.number)], this.patience)[0]) {
      this.#log.warn('the service manager has not dealt with BARRIER=1 for 30 s; going on')
    }
    this.close()
  }

  close(): void {
    this.#listener?.close()
    this.#manager.close()
    this.#barrier?.close()
  }
}

/** Where the program's end of the socket is. */
export interface NotifyPlace {
  /** Mounted into the container, where it cannot be written to. */
  readonly directory: string
  readonly name: string
}

const readable = (fd: number) => ({ fd, events: POLL.POLLIN })

/**
 * `address` is that of NOTIFY_SOCKET. Undefined, with a warning, where no service manager listens there: that is no
 * reason not to run a container.
 */
export function connectNotifyRelay(place: NotifyPlace, address: string, log: Logger): NotifyRelay | undefined {
  try {
    return new NotifyRelay(place, connectDatagram(address, PATIENCE_MS), log)
  } catch (error) {
    log.warn(`cannot pass readiness on to NOTIFY_SOCKET=${address}: ${(error as Error).message}`)
    return undefined
  }
}

/** A `start` that was killed has left its socket behind. */
function listenIn({ directory, name }: NotifyPlace): Fd {
  const folder = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  try {
    rmSync(join(directory, name), { force: true })
    // Whoever the program is: nobody else gets at it, because the state directory is private. Not by chmod(2): a container
    // that can make its mount writable could have put a link in the place of the name by then.
    return bindDatagramAt(folder, name, 0o777)
  } finally {
    closeSync(folder)
  }
}
