// SPDX-License-Identifier: Apache-2.0
import { errnoName } from '../errors/errno-names.ts'
import { errnoText } from '../errors/errno-text.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import { systemCallNumbers } from './constants.ts'
import type { Argument } from './libc.ts'
import { lastErrno, libc } from './libc.ts'

export type Syscall = keyof ReturnType<typeof systemCallNumbers>
type SyscallArgument = Exclude<Argument, string | readonly (string | null)[]>

const EINTR = 4

/** The result of a system call, or its errno as a negative number. Interrupted calls are repeated. */
export function callOrErrno(name: Syscall, ...args: SyscallArgument[]): number {
  const syscall = libc('syscall')
  const number = syscallNumber(name)
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = args
  for (;;) {
    const result = syscall(number, a, b, c, d, e, f)
    if (result !== -1) return result
    const errno = lastErrno()
    if (errno !== EINTR) return -errno
  }
}

/** The result of a system call. Throws SYSTEM_CALL_FAILED: `<action>: <name>(2) <errno> (<what it means>)`. */
export function call(action: string, name: Syscall, ...args: SyscallArgument[]): number {
  const result = callOrErrno(name, ...args)
  if (result < 0) throw systemCallFailed(action, name, -result)
  return result
}

export function systemCallFailed(action: string, syscall: string, errno: number): RuntimeError {
  const name = errnoName(errno)
  const message = `${action}: ${syscall}(2) ${name} (${errnoText(name)})`
  return new RuntimeError('SYSTEM_CALL_FAILED', message, { syscall, errno: name })
}

let numbers: Readonly<Record<Syscall, number>> | undefined

export function syscallNumber(name: Syscall): number {
  if (process.arch === 'x64' || process.arch === 'arm64') {
    numbers ??= systemCallNumbers(process.arch === 'arm64')
    return numbers[name]
  }
  throw new RuntimeError('EXECUTABLE_BROKEN', `cannot make system calls: unknown processor "${process.arch}"`)
}
