// SPDX-License-Identifier: Apache-2.0
import { closeSync, readFileSync } from 'node:fs'
import type { SeccompAction, SeccompArch } from '@opencontainers/runtime-spec-types'
import { errnoName } from '../errors/errno-names.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedSeccomp, ValidatedSeccompArg, ValidatedSeccompSyscall } from '../spec/validated-spec.ts'
import { call } from '../sys/syscall.ts'
import { enosysPrologue, type NewestSyscall } from './enosys-prologue.ts'
import type { Libseccomp } from './host-libseccomp.ts'
import { libseccomp } from './host-libseccomp.ts'
import { ACTIONS, ARCHITECTURES, ATTRIBUTES, ENOSYS, EPERM, OPERATORS } from './seccomp-constants.ts'

export interface CompiledProfile {
  /** struct sock_filter instructions. */
  readonly filter: Uint8Array
  /** System calls of the profile that this libseccomp does not know: they are left out, as the profile's author meant. */
  readonly unknownSyscalls: readonly string[]
}

/** All of `linux.seccomp` that the filter depends on. */
export type Profile = Pick<ValidatedSeccomp, 'defaultAction' | 'defaultErrnoRet' | 'architectures' | 'syscalls'>

const MFD_CLOEXEC = 1
const ARGUMENT_SIZE = 24
/** From this many rules on a binary tree is searched instead of a list (libseccomp 2.5); runc draws the same line. */
const MANY_RULES = 32
const OPTIMIZE_BY_TREE = 2
/** Defaults with which a profile does not stand in the way of system calls that it does not know. */
const PERMISSIVE: readonly SeccompAction[] = ['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG', 'SCMP_ACT_TRACE']

/**
 * linux.seccomp as BPF, compiled by libseccomp (config-linux.md, Seccomp). `native` stands in for the architecture of
 * this machine. Throws SPEC_UNSUPPORTED with the pointer of what the library refuses.
 */
export function compileFilter(profile: Profile, native?: SeccompArch): CompiledProfile {
  const library = libseccomp()
  const action = actionValue(profile.defaultAction, profile.defaultErrnoRet)
  const context = library.seccomp_init(action)
  const compiler = new Compiler(library, context, action)
  try {
    compiler.configure(profile, native)
    profile.syscalls.forEach((entry, index) => {
      compiler.addEntry(entry, index)
    })
    const prologue = enosysPrologue(compiler.newestSyscalls(profile))
    return { filter: Buffer.concat([prologue, compiler.export()]), unknownSyscalls: compiler.unknown }
  } finally {
    library.seccomp_release(context)
  }
}

class Compiler {
  readonly unknown: string[] = []
  readonly #library: Libseccomp
  readonly #context: unknown
  readonly #defaultAction: number
  readonly #architectures: number[] = []

  constructor(library: Libseccomp, context: unknown, defaultAction: number) {
    this.#library = library
    this.#context = context
    this.#defaultAction = defaultAction
  }

  configure({ architectures, syscalls }: Profile, native?: SeccompArch): void {
    // no_new_privs is config.json's to decide, not the library's.
    this.#check(this.#library.seccomp_attr_set(this.#context, ATTRIBUTES.CTL_NNP, 0), 'CTL_NNP', '/linux/seccomp')
    // An older library searches the list: slower, and the same filter.
    if (syscalls.reduce((sum, { names }) => sum + names.length, 0) > MANY_RULES)
      this.#library.seccomp_attr_set(this.#context, ATTRIBUTES.CTL_OPTIMIZE, OPTIMIZE_BY_TREE)
    this.#setNative(native)
    architectures.forEach((name, index) => {
      this.#addArchitecture(name, pointer('linux', 'seccomp', 'architectures', index))
    })
  }

  addEntry(entry: ValidatedSeccompSyscall, index: number): void {
    const action = actionValue(entry.action, entry.errnoRet)
    // Such rules say what holds anyway, and libseccomp refuses them; runc leaves them out as well.
    if (action === this.#defaultAction) return
    const conditions = conditionSets(entry.args)
    entry.names.forEach((name, at) => {
      const number = this.#library.seccomp_syscall_resolve_name(name)
      if (number === -1) this.unknown.push(name)
      else for (const set of conditions) this.#addRule(action, number, set, ['syscalls', index, 'names', at], name)
    })
  }

  /** Nothing where the default lets unknown system calls pass, or returns ENOSYS by itself. */
  newestSyscalls({ defaultAction, defaultErrnoRet, syscalls }: Profile): NewestSyscall[] {
    if (PERMISSIVE.includes(defaultAction)) return []
    if (defaultAction === 'SCMP_ACT_ERRNO' && defaultErrnoRet === ENOSYS) return []
    const names = syscalls.flatMap((entry) => entry.names)
    return this.#architectures.flatMap((token) => {
      const resolve = (name: string) => this.#library.seccomp_syscall_resolve_name_arch(token, name)
      const number = names.reduce((newest, name) => Math.max(newest, resolve(name)), 0)
      return number === 0 ? [] : [{ token, number }]
    })
  }

  export(): Uint8Array {
    const fd = call('cannot create a memfd', 'memfd_create', Buffer.from('runts:seccomp\0'), MFD_CLOEXEC)
    try {
      this.#check(this.#library.seccomp_export_bpf(this.#context, fd), 'the profile', '/linux/seccomp')
      return readFileSync(`/proc/self/fd/${fd}`)
    } finally {
      closeSync(fd)
    }
  }

  #setNative(native?: SeccompArch): void {
    const own = this.#library.seccomp_arch_native()
    if (native === undefined) {
      this.#architectures.push(own)
      return
    }
    this.#addArchitecture(native, '/linux/seccomp/architectures')
    if (this.#architectures[0] === own) return
    this.#check(this.#library.seccomp_arch_remove(this.#context, own), 'another architecture', '/linux/seccomp')
  }

  #addArchitecture(name: SeccompArch, at: string): void {
    const token = this.#library.seccomp_arch_resolve_name(ARCHITECTURES[name])
    if (token === 0) throw refused(`this libseccomp does not know the architecture ${name}`, at)
    if (!this.#architectures.includes(token)) this.#architectures.push(token)
    if (this.#library.seccomp_arch_exist(this.#context, token) === 0) return
    this.#check(this.#library.seccomp_arch_add(this.#context, token), name, at)
  }

  #addRule(
    action: number,
    number: number,
    set: readonly ValidatedSeccompArg[],
    at: readonly (string | number)[],
    name: string,
  ): void {
    const result = this.#library.seccomp_rule_add_array(this.#context, action, number, set.length, packArguments(set))
    if (result < 0) this.#check(result, name, pointer('linux', 'seccomp', ...at))
  }

  #check(result: number, what: string, at: string): void {
    if (result < 0) throw refused(`libseccomp refuses ${what} with ${errnoName(-result)}`, at)
  }
}

/** As in runc: all conditions must hold, unless two speak of the same argument; then each makes a rule of its own. */
function conditionSets(args: readonly ValidatedSeccompArg[]): readonly (readonly ValidatedSeccompArg[])[] {
  const indexes = new Set(args.map(({ index }) => index))
  return indexes.size === args.length ? [args] : args.map((arg) => [arg])
}

/** struct scmp_arg_cmp: unsigned arg, enum op, two u64. For MASKED_EQ the mask comes first. */
function packArguments(set: readonly ValidatedSeccompArg[]): Uint8Array {
  const memory = Buffer.alloc(Math.max(1, set.length) * ARGUMENT_SIZE)
  set.forEach(({ index, op, value, valueTwo }, i) => {
    memory.writeUInt32LE(index, i * ARGUMENT_SIZE)
    memory.writeUInt32LE(OPERATORS[op], i * ARGUMENT_SIZE + 4)
    memory.writeBigUInt64LE(value, i * ARGUMENT_SIZE + 8)
    memory.writeBigUInt64LE(valueTwo, i * ARGUMENT_SIZE + 16)
  })
  return memory
}

/** The number of ERRNO and TRACE is in the low 16 bits, EPERM where none is given. */
function actionValue(action: SeccompAction, errnoRet: number | undefined): number {
  const takesErrno = action === 'SCMP_ACT_ERRNO' || action === 'SCMP_ACT_TRACE'
  return takesErrno ? ACTIONS[action] + ((errnoRet ?? EPERM) & 0xffff) : ACTIONS[action]
}

function refused(reason: string, at: string): RuntimeError {
  return new RuntimeError('SPEC_UNSUPPORTED', `cannot compile the seccomp profile: ${reason}`, { pointer: at })
}
