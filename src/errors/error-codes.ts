// SPDX-License-Identifier: Apache-2.0
// This room owns how a failure is described. It never prints and never decides what to do about one.

/** Every failure runts can report, and what its code means. */
export const ERROR_CODES = {
  USAGE: 'the command line does not have the form that the help shows',
  ARGUMENT_COUNT: 'the command takes more arguments, or fewer',
  COMMAND_UNKNOWN: 'there is no command and no help topic of this name',
  OPTION_INVALID: 'a value on the command line is none that is allowed, or cannot be used',
  TERMINAL_USAGE: 'terminal, console socket and detaching do not go together',
  BUNDLE_NOT_FOUND: 'the bundle or its config.json cannot be read',
  CONFIG_NOT_JSON: 'config.json is not JSON',
  SPEC_INVALID: 'config.json breaks a rule of the runtime specification',
  SPEC_UNSUPPORTED: 'config.json asks for something this build cannot do',
  ROOTFS_INVALID: 'root.path is not a usable directory',
  CONTAINER_ID_INVALID: 'the container id has a forbidden form',
  CONTAINER_EXISTS: 'a container with this id exists already',
  CONTAINER_NOT_FOUND: 'no container has this id',
  CONTAINER_STATUS: 'the container is in a status that forbids the operation',
  SIGNAL_UNKNOWN: 'the signal name or number is not known',
  STATE_UNREADABLE: 'the state directory or a record in it cannot be used',
  SYSTEM_CALL_FAILED: 'a system call on the host failed',
  CGROUP_FAILED: 'a cgroup cannot be created, written, entered or removed',
  INIT_OUT_OF_MEMORY: 'the kernel killed the container process in its setup for want of memory',
  LAUNCH_STEP_FAILED: 'a step of the launch plan failed in the shim',
  SHIM_MISMATCH: 'the shim was built from another op table than the runtime',
  SHIM_LOST: 'the shim or the container process ended without a word',
  ID_MAPPING_FAILED: 'ids cannot be mapped into the user namespace as config.json says',
  NETWORK_DEVICE_FAILED: 'a network device cannot be moved into the container',
  RDT_FAILED: 'an Intel RDT group cannot be made, used or removed',
  LISTENER_FAILED: 'the seccomp listener cannot be handed to the agent',
  TERMINAL_FAILED: 'the terminal cannot be opened on the host or handed over',
  PS_FAILED: 'the ps of the host cannot be run, or its output does not tell pids',
  SOCKET_FAILED: 'a socket that the caller named cannot be used',
  HOOK_FAILED: 'a hook failed or ran out of time',
  EXECUTABLE_BROKEN: 'the runtime cannot load its own native parts',
  BUG: 'an invariant of runts itself is broken',
} as const satisfies Record<string, string>

export type ErrorCode = keyof typeof ERROR_CODES

/** The exit status of a command that ends with a failure: as in runc, 3 where there is no such command. */
export function exitCodeOf(code: ErrorCode): number {
  return code === 'COMMAND_UNKNOWN' ? 3 : 1
}
