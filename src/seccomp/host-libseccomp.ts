// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { RuntimeError } from '../errors/runtime-error.ts'
import { loadKoffi } from '../sys/load-koffi.ts'

const FUNCTIONS = {
  seccomp_init: ['void *', 'uint32'],
  seccomp_release: ['void', 'void *'],
  seccomp_arch_native: ['uint32'],
  seccomp_arch_resolve_name: ['uint32', 'str'],
  seccomp_arch_exist: ['int', 'void *', 'uint32'],
  seccomp_arch_add: ['int', 'void *', 'uint32'],
  seccomp_arch_remove: ['int', 'void *', 'uint32'],
  seccomp_attr_set: ['int', 'void *', 'int', 'uint32'],
  seccomp_syscall_resolve_name: ['int', 'str'],
  seccomp_syscall_resolve_name_arch: ['int', 'uint32', 'str'],
  seccomp_rule_add_array: ['int', 'void *', 'uint32', 'int', 'uint', 'void *'],
  seccomp_export_bpf: ['int', 'void *', 'int'],
} as const satisfies Record<string, readonly string[]>

/** The library's calls; each int result is 0 or more, or an errno as a negative number. */
export type Libseccomp = { readonly [N in keyof typeof FUNCTIONS]: (...args: unknown[]) => number }

let bound: Libseccomp | undefined

/** libseccomp.so.2 of the host, loaded at the first call. Throws SPEC_UNSUPPORTED where it is not installed. */
export function libseccomp(): Libseccomp {
  bound ??= bind()
  return bound
}

/** The file that `libseccomp` was loaded from (proc_pid_maps(5)); undefined before. */
export function libseccompFile(): string | undefined {
  return /\s(\/\S*\/libseccomp\.so\S*)$/m.exec(readFileSync('/proc/self/maps', 'utf8'))?.[1]
}

function bind(): Libseccomp {
  const library = openLibrary()
  const entries = Object.entries(FUNCTIONS).map(([name, [result, ...parameters]]) => [
    name,
    library.func(name, result, [...parameters]),
  ])
  return Object.fromEntries(entries)
}

function openLibrary() {
  try {
    return loadKoffi().load('libseccomp.so.2')
  } catch (cause) {
    throw new RuntimeError('SPEC_UNSUPPORTED', 'cannot compile the seccomp profile: libseccomp.so.2 is not installed', {
      pointer: '/linux/seccomp',
      hint: 'install the package libseccomp2 (libseccomp on other distributions)',
      cause,
    })
  }
}
