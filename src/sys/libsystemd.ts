// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import { loadKoffi } from './load-koffi.ts'

// Handles and what they are returned in are declared as pointers, which take integers and memory. Functions with a
// variable number of arguments are left alone: each of the others takes one value.
const FUNCTIONS = {
  sd_bus_new: ['int', 'void *'],
  sd_bus_set_address: ['int', 'void *', 'str'],
  sd_bus_start: ['int', 'void *'],
  sd_bus_open_system: ['int', 'void *'],
  sd_bus_open_user: ['int', 'void *'],
  sd_bus_flush_close_unref: ['void *', 'void *'],
  sd_bus_process: ['int', 'void *', 'void *'],
  sd_bus_wait: ['int', 'void *', 'uint64'],
  sd_bus_call: ['int', 'void *', 'void *', 'uint64', 'void *', 'void *'],
  sd_bus_error_free: ['void', 'void *'],
  sd_bus_message_new_method_call: ['int', 'void *', 'void *', 'str', 'str', 'str', 'str'],
  sd_bus_message_open_container: ['int', 'void *', 'char', 'str'],
  sd_bus_message_close_container: ['int', 'void *'],
  sd_bus_message_append_basic: ['int', 'void *', 'char', 'void *'],
  sd_bus_message_enter_container: ['int', 'void *', 'char', 'str'],
  sd_bus_message_read_basic: ['int', 'void *', 'char', 'void *'],
  sd_bus_message_read_array: ['int', 'void *', 'char', 'void *', 'void *'],
  sd_bus_message_is_signal: ['int', 'void *', 'str', 'str'],
  sd_bus_message_unref: ['void *', 'void *'],
} as const satisfies Record<string, readonly [result: string, ...parameters: string[]]>

export type LibsystemdFunction = keyof typeof FUNCTIONS
type Argument = number | bigint | string | Uint8Array | null
type BoundFunction = (...args: Argument[]) => number

let library: ReturnType<ReturnType<typeof loadKoffi>['load']> | undefined
const bound: Partial<Record<LibsystemdFunction, BoundFunction>> = {}

/**
 * A function of sd-bus(3), bound at its first use; each int result is 0 or more, or an errno as a negative number.
 * Throws CGROUP_FAILED where the library is not installed.
 */
export function libsystemd(name: LibsystemdFunction): BoundFunction {
  bound[name] ??= bind(name)
  return bound[name]
}

function bind(name: LibsystemdFunction): BoundFunction {
  library ??= openLibrary()
  const [result, ...parameters] = FUNCTIONS[name]
  return library.func(name, result, parameters) as unknown as BoundFunction
}

function openLibrary() {
  try {
    return loadKoffi().load('libsystemd.so.0')
  } catch (cause) {
    throw new RuntimeError('CGROUP_FAILED', 'cannot talk to systemd: libsystemd.so.0 is not installed', {
      hint: 'install the package libsystemd0 (systemd-libs on other distributions)',
      cause,
    })
  }
}

/** The text at an address that a function of the library gave out; it is valid as long as its owner. */
export function textAt(address: bigint): string {
  return address === 0n ? '' : (loadKoffi().decode(address, 'char', -1) as string)
}

/** The bytes at such an address. */
export function bytesAt(address: bigint, length: number): number[] {
  return length === 0 ? [] : [...(loadKoffi().decode(address, 'uint8', length) as Uint8Array)]
}
