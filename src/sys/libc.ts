// SPDX-License-Identifier: Apache-2.0
import { type KoffiModule, loadKoffi } from './load-koffi.ts'

/** What a C parameter of the table below takes: integers, memory (borrowed for the call) or NULL, text, lists of text. */
export type Argument = number | bigint | string | Uint8Array | null | readonly (string | null)[]

// System calls go through syscall(3) by number: no glibc is too old for a wrapper. Its parameters are declared as
// pointers, which take integers too. posix_spawn is here because only C may run between clone and execve.
const FUNCTIONS = {
  syscall: ['int64', 'int64', 'void *', 'void *', 'void *', 'void *', 'void *', 'void *'],
  posix_spawn: ['int', 'void *', 'str', 'void *', 'void *', 'const char **', 'const char **'],
  posix_spawn_file_actions_init: ['int', 'void *'],
  posix_spawn_file_actions_adddup2: ['int', 'void *', 'int', 'int'],
  posix_spawn_file_actions_addchdir_np: ['int', 'void *', 'str'],
  posix_spawn_file_actions_destroy: ['int', 'void *'],
  posix_spawnattr_init: ['int', 'void *'],
  posix_spawnattr_setflags: ['int', 'void *', 'int16'],
  posix_spawnattr_setsigdefault: ['int', 'void *', 'void *'],
  posix_spawnattr_setsigmask: ['int', 'void *', 'void *'],
} as const satisfies Record<string, readonly [result: string, ...parameters: string[]]>

export type LibcFunction = keyof typeof FUNCTIONS
type BoundFunction = ((...args: Argument[]) => number) & {
  async(...args: [...Argument[], (error: unknown, result: number) => void]): void
}

let library: ReturnType<KoffiModule['load']> | undefined
const bound: Partial<Record<LibcFunction, BoundFunction>> = {}

/** A C function of glibc, bound at its first use. */
export function libc(name: LibcFunction): BoundFunction {
  bound[name] ??= bind(name)
  return bound[name]
}

function bind(name: LibcFunction): BoundFunction {
  library ??= loadKoffi().load('libc.so.6')
  const [result, ...parameters] = FUNCTIONS[name]
  return library.func(name, result, parameters) as unknown as BoundFunction
}

/** errno of the last call on this thread; read it before anything else runs. */
export function lastErrno(): number {
  return loadKoffi().errno()
}

/** The address of memory for use inside a C struct; the caller keeps the memory alive. */
export function addressOf(memory: Uint8Array): bigint {
  return loadKoffi().address(memory)
}
