// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import { SPAWN } from './constants.ts'
import { duplicate, type Fd } from './fd.ts'
import { libc } from './libc.ts'
import { allocate, viewOf } from './struct-layout.ts'
import { systemCallFailed } from './syscall.ts'

/** `source` of this process becomes `target` of the child. */
export interface FdMapping {
  readonly source: number
  readonly target: number
}

export interface SpawnOptions {
  /** The child leads a session and process group of its own, whose id is its pid, and has no controlling terminal. */
  readonly newSession?: boolean
  /** The child's working directory; this process's own when absent. */
  readonly directory?: string
  /** The program makes its signals default and unblocked itself. */
  readonly resetsSignals?: boolean
}

// glibc's types are 80 and 336 bytes (abi_check.c); room to spare costs nothing.
const FILE_ACTIONS_SIZE = 128
const ATTRIBUTES_SIZE = 512
const SIGSET_SIZE = 128

/**
 * Starts a program, by path or from an open file, with argv, env (`NAME=value`), the mapped descriptors and 0, 1, 2;
 * all signals default and unblocked. Nothing watches the child: whoever calls this reaps the returned pid.
 */
export function posixSpawn(
  program: string | Fd,
  argv: readonly string[],
  env: readonly string[],
  mappings: readonly FdMapping[],
  options: SpawnOptions = {},
): number {
  for (const text of [...argv, ...env]) refuseNul(text)
  const lowest = aboveTargets(mappings)
  const executable = typeof program === 'string' ? undefined : duplicate(program.number, lowest)
  const sources = mappings.map(({ source, target }) => (source === target ? undefined : duplicate(source, lowest)))
  const actions = fileActions(mappings, sources)
  if (options.directory !== undefined) addDirectory(actions, options.directory)
  try {
    const attributes = options.resetsSignals && !options.newSession ? null : attributesOf(options)
    return spawn(executable?.procPath ?? (program as string), argv, env, actions, attributes)
  } finally {
    libc('posix_spawn_file_actions_destroy')(actions)
    executable?.close()
    for (const source of sources) source?.close()
  }
}

function spawn(
  path: string,
  argv: readonly string[],
  env: readonly string[],
  actions: Uint8Array,
  attributes: Uint8Array | null,
): number {
  const pid = allocate(4)
  const errno = libc('posix_spawn')(pid, path, actions, attributes, [...argv, null], [...env, null])
  if (errno !== 0) throw systemCallFailed(`cannot start ${path}`, 'execve', errno)
  return viewOf(pid).getInt32(0, true)
}

/** No dup2 in the child may overwrite a source, or the program itself, before its turn. Not higher: there may be a low limit. */
function aboveTargets(mappings: readonly FdMapping[]): number {
  let lowest = 3
  for (const { target } of mappings) if (target >= lowest) lowest = target + 1
  return lowest
}

function fileActions(mappings: readonly FdMapping[], sources: readonly (Fd | undefined)[]): Uint8Array {
  const actions = allocate(FILE_ACTIONS_SIZE)
  libc('posix_spawn_file_actions_init')(actions)
  for (const stdio of [0, 1, 2]) {
    if (!mappings.some(({ target }) => target === stdio)) addDup2(actions, stdio, stdio)
  }
  mappings.forEach(({ target }, index) => {
    addDup2(actions, sources[index]?.number ?? target, target)
  })
  return actions
}

/** Node makes 0, 1 and 2 close-on-exec; a dup2 of a descriptor on itself takes that away (glibc 2.29). */
function addDup2(actions: Uint8Array, source: number, target: number): void {
  const errno = libc('posix_spawn_file_actions_adddup2')(actions, source, target)
  if (errno !== 0) throw systemCallFailed(`cannot map descriptor ${target}`, 'posix_spawn_file_actions_adddup2', errno)
}

function addDirectory(actions: Uint8Array, directory: string): void {
  refuseNul(directory)
  const errno = libc('posix_spawn_file_actions_addchdir_np')(actions, directory)
  if (errno !== 0) throw systemCallFailed(`cannot start in ${directory}`, 'posix_spawn_file_actions_addchdir_np', errno)
}

/** JavaScript engines ignore SIGPIPE and handle others, and execve(2) keeps what is ignored or blocked. */
function attributesOf({ newSession = false }: SpawnOptions): Uint8Array {
  const attributes = allocate(ATTRIBUTES_SIZE)
  const session = newSession ? SPAWN.POSIX_SPAWN_SETSID : 0
  libc('posix_spawnattr_init')(attributes)
  libc('posix_spawnattr_setflags')(attributes, SPAWN.POSIX_SPAWN_SETSIGDEF | SPAWN.POSIX_SPAWN_SETSIGMASK | session)
  libc('posix_spawnattr_setsigdefault')(attributes, allocate(SIGSET_SIZE).fill(0xff))
  libc('posix_spawnattr_setsigmask')(attributes, allocate(SIGSET_SIZE))
  return attributes
}

function refuseNul(text: string): void {
  if (text.includes('\0')) throw new RuntimeError('BUG', `cannot pass ${JSON.stringify(text)} to a program: NUL byte`)
}
