// SPDX-License-Identifier: Apache-2.0
import { closeSync, readFileSync } from 'node:fs'
import { errnoName } from '../errors/errno-names.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedSeccomp, ValidatedSeccompArg, ValidatedSeccompSyscall } from '../spec/validated-spec.ts'
import { call } from '../sys/syscall.ts'
import type { Libseccomp } from './host-libseccomp.ts'
import { libseccomp } from './host-libseccomp.ts'
import { ACTIONS, ATTRIBUTES, EPERM, FILTER_FLAGS, OPERATORS } from './seccomp-constants.ts'

export interface CompiledFilter {
  /** struct sock_filter instructions. */
  readonly filter: Uint8Array
  /** Flags of seccomp(2). */
  readonly flags: number
  /** System calls of the profile that this libseccomp does not know: they are left out, as the profile's author meant. */
  readonly unknownSyscalls: readonly string[]
}

const MFD_CLOEXEC = 1
const ARGUMENT_SIZE = 24

/** linux.seccomp as BPF, compiled by libseccomp (config-linux.md, Seccomp). Throws with the pointer of what it refuses. */
export function compileFilter(seccomp: ValidatedSeccomp): CompiledFilter {
  const library = libseccomp()
  const defaultAction = actionValue(
    seccomp.defaultAction,
    seccomp.defaultErrnoRet,
    pointer('linux', 'seccomp', 'defaultAction'),
  )
  const context = library.seccomp_init(defaultAction)
  const compiler = new Compiler(library, context, defaultAction)
  try {
    compiler.configure(seccomp)
    seccomp.syscalls.forEach((entry, index) => {
      compiler.addEntry(entry, pointer('linux', 'seccomp', 'syscalls', index))
    })
    return { filter: compiler.export(), flags: filterFlags(seccomp), unknownSyscalls: compiler.unknown }
  } finally {
    library.seccomp_release(context)
  }
}

class Compiler {
  readonly unknown: string[] = []
  readonly #library: Libseccomp
  readonly #context: unknown
  readonly #defaultAction: number

  constructor(library: Libseccomp, context: unknown, defaultAction: number) {
    this.#library = library
    this.#context = context
    this.#defaultAction = defaultAction
  }

  configure({ architectures }: ValidatedSeccomp): void {
    // no_new_privs is config.json's to decide, not the library's.
    this.#check(this.#library.seccomp_attr_set(this.#context, ATTRIBUTES.CTL_NNP, 0), 'CTL_NNP', '/linux/seccomp')
    architectures.forEach((name, index) => {
      this.#addArchitecture(name, pointer('linux', 'seccomp', 'architectures', index))
    })
  }

  addEntry(entry: ValidatedSeccompSyscall, at: string): void {
    const action = actionValue(entry.action, entry.errnoRet, `${at}/action`)
    if (action === this.#defaultAction) return
    const conditions = conditionSets(entry.args)
    entry.names.forEach((name, index) => {
      const number = this.#library.seccomp_syscall_resolve_name(name)
      if (number === -1) this.unknown.push(name)
      else for (const set of conditions) this.#addRule(action, number, set, `${at}/names/${index}`, name)
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

  #addArchitecture(name: string, at: string): void {
    const token = this.#library.seccomp_arch_resolve_name(name.replace(/^SCMP_ARCH_/, '').toLowerCase())
    if (token === 0) throw refused(`libseccomp does not know the architecture ${name}`, at)
    if (this.#library.seccomp_arch_exist(this.#context, token) === 0) return
    this.#check(this.#library.seccomp_arch_add(this.#context, token), name, at)
  }

  #addRule(action: number, number: number, set: readonly ValidatedSeccompArg[], at: string, name: string): void {
    const memory = packArguments(set)
    this.#check(this.#library.seccomp_rule_add_array(this.#context, action, number, set.length, memory), name, at)
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

function actionValue(action: string, errnoRet: number | undefined, at: string): number {
  const value = (ACTIONS as Readonly<Record<string, number>>)[action]
  if (value === undefined) throw refused(`${action} is not built yet`, at)
  const takesErrno = action === 'SCMP_ACT_ERRNO' || action === 'SCMP_ACT_TRACE'
  return takesErrno ? value + (errnoRet ?? EPERM) : value
}

/** As in runc, an absent list asks for SPEC_ALLOW. */
function filterFlags({ flags }: ValidatedSeccomp): number {
  if (flags === undefined) return FILTER_FLAGS.SECCOMP_FILTER_FLAG_SPEC_ALLOW
  return flags.reduce((all, flag, index) => {
    const bit = (FILTER_FLAGS as Readonly<Record<string, number>>)[flag]
    if (bit === undefined) throw refused(`${flag} is not built yet`, pointer('linux', 'seccomp', 'flags', index))
    return all | bit
  }, 0)
}

function refused(reason: string, at: string): RuntimeError {
  return new RuntimeError('SPEC_UNSUPPORTED', `cannot compile the seccomp profile: ${reason}`, { pointer: at })
}
