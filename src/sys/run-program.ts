// SPDX-License-Identifier: Apache-2.0
import { readSync, writeSync } from 'node:fs'
import { errnoOf } from '../errors/runtime-error.ts'
import { POLL } from './constants.ts'
import type { Fd } from './fd.ts'
import { OutputTail } from './output-tail.ts'
import { openPidfd } from './pidfd.ts'
import { createPipe, markAllCloseOnExec } from './pipe.ts'
import { waitAnyReady } from './poll.ts'
import { killProcess, type ProcessEnd, waitForProcess } from './process.ts'
import { posixSpawn } from './spawn.ts'

export interface Program {
  readonly path: string
  readonly args: readonly string[]
  /** `NAME=value`, all of them. */
  readonly env: readonly string[]
  readonly directory: string
  readonly input: string
  readonly timeoutSeconds?: number
  /** Is told the pid at once: whoever must end the program, should this process be killed meanwhile, learns it here. */
  readonly onStart?: (pid: number) => void
}

export interface ProgramResult {
  readonly end: ProcessEnd
  readonly timedOut: boolean
  readonly stdout: string
  readonly stderr: string
}

const SIGKILL = 9
/** A pipe that can be written to takes this much at once (pipe(7), PIPE_BUF). */
const PIPE_BUF = 4096
/** More than two pipes hold: what a program left behind is read, what its orphans go on to write is not. */
const MOST_LEFT = 4 * 1024 * 1024

/**
 * Runs a program in a session of its own, with pipes as stdio and no other descriptor, until it ends: children of it
 * that go on, or keep its pipes open, are not waited for. Past the time limit its whole process group is killed.
 * Throws SYSTEM_CALL_FAILED with the errno when it cannot be started.
 */
export function runProgram(program: Program): ProgramResult {
  const supervised = new SupervisedProgram(program)
  try {
    const timedOut = !supervised.attend()
    const end = supervised.reap(timedOut)
    supervised.readRest()
    return { end, timedOut, stdout: supervised.stdout.text, stderr: supervised.stderr.text }
  } finally {
    supervised.close()
  }
}

class SupervisedProgram {
  readonly stdout: OutputTail = new OutputTail()
  readonly stderr: OutputTail = new OutputTail()
  readonly #pid: number
  readonly #input: Fd
  readonly #outputs: readonly { readonly pipe: Fd; readonly tail: OutputTail }[]
  readonly #deadline: number
  #unsent: Uint8Array
  #reaped = false

  constructor({ path, args, env, directory, input, timeoutSeconds, onStart }: Program) {
    const pipes = [createPipe(), createPipe(), createPipe()] as const
    const theirs = [pipes[0].reader, pipes[1].writer, pipes[2].writer]
    this.#input = pipes[0].writer
    this.#outputs = [
      { pipe: pipes[1].reader, tail: this.stdout },
      { pipe: pipes[2].reader, tail: this.stderr },
    ]
    this.#unsent = Buffer.from(input)
    this.#deadline = timeoutSeconds === undefined ? Infinity : performance.now() + timeoutSeconds * 1000
    const mappings = theirs.map(({ number }, target) => ({ source: number, target }))
    markAllCloseOnExec()
    try {
      this.#pid = posixSpawn(path, args, env, mappings, { newSession: true, directory })
    } catch (error) {
      this.#closePipes()
      throw error
    } finally {
      for (const end of theirs) end.close()
    }
    onStart?.(this.#pid)
  }

  /** Feeds and reads the program until it ends; false when its time runs out first. */
  attend(): boolean {
    const pidfd = openPidfd(this.#pid)
    if (pidfd === undefined) return true
    try {
      for (;;) {
        const left = this.#deadline - performance.now()
        if (left <= 0) return false
        const ended = this.#serve(pidfd.number, left === Infinity ? undefined : left)
        if (ended) return true
      }
    } finally {
      pidfd.close()
    }
  }

  /** Waits until something can be read, written or reaped, and does the first two. True when the program has ended. */
  #serve(pidfd: number, milliseconds: number | undefined): boolean {
    const readers = this.#outputs.map(({ pipe }) => ({ fd: numberOf(pipe), events: POLL.POLLIN }))
    const writer = { fd: numberOf(this.#input), events: POLL.POLLOUT }
    const wanted = [{ fd: pidfd, events: POLL.POLLIN }, writer, ...readers]
    const [ended = false, writable, ...readable] = waitAnyReady(wanted, milliseconds)
    if (writable) this.#write()
    this.#outputs.forEach(({ pipe, tail }, index) => {
      if (readable[index]) readInto(tail, pipe)
    })
    return ended
  }

  #write(): void {
    try {
      const written = writeSync(this.#input.number, this.#unsent.subarray(0, PIPE_BUF))
      this.#unsent = this.#unsent.subarray(written)
    } catch (error) {
      // A hook need not read its state.
      if (errnoOf(error) !== 'EPIPE') throw error
      this.#unsent = this.#unsent.subarray(0, 0)
    }
    if (this.#unsent.length === 0) this.#input.close()
  }

  reap(kill: boolean): ProcessEnd {
    if (kill) killProcess(-this.#pid, SIGKILL)
    const end = waitForProcess(this.#pid)
    this.#reaped = true
    return end
  }

  readRest(): void {
    for (const { pipe, tail } of this.#outputs) {
      for (let bytes = 0; pipe.open && bytes < MOST_LEFT; ) {
        if (!waitAnyReady([{ fd: pipe.number, events: POLL.POLLIN }], 0)[0]) break
        bytes += readInto(tail, pipe)
      }
    }
  }

  /** Nothing stays, whatever happened: neither the process nor the pipes. */
  close(): void {
    if (!this.#reaped) this.reap(true)
    this.#closePipes()
  }

  #closePipes(): void {
    this.#input.close()
    for (const { pipe } of this.#outputs) pipe.close()
  }
}

const numberOf = (fd: Fd): number => (fd.open ? fd.number : -1)

/** Reads once from a pipe that has something, or closes it at its end. Returns the number of bytes. */
function readInto(tail: OutputTail, pipe: Fd): number {
  const buffer = Buffer.allocUnsafe(65536)
  const length = readSync(pipe.number, buffer)
  if (length === 0) pipe.close()
  else tail.append(buffer.subarray(0, length))
  return length
}
