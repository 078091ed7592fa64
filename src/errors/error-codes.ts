// SPDX-License-Identifier: Apache-2.0
// This room owns how a failure is described. It never prints and never decides what to do about one.

/** Every failure runts can report: what the code means and the exit status of a command that ends with it. */
export const ERROR_CODES = {
  USAGE: { meaning: 'the command line does not have the form that the help shows', exitCode: 1 },
  ARGUMENT_COUNT: { meaning: 'the command takes more arguments, or fewer', exitCode: 1 },
  COMMAND_UNKNOWN: { meaning: 'there is no command and no help topic of this name', exitCode: 3 },
  OPTION_INVALID: { meaning: 'a value on the command line is none that is allowed, or cannot be used', exitCode: 1 },
  TERMINAL_USAGE: { meaning: 'terminal, console socket and detaching do not go together', exitCode: 1 },
  BUNDLE_NOT_FOUND: { meaning: 'the bundle or its config.json cannot be read', exitCode: 1 },
  CONFIG_NOT_JSON: { meaning: 'config.json is not JSON', exitCode: 1 },
  SPEC_INVALID: { meaning: 'config.json breaks a rule of the runtime specification', exitCode: 1 },
  SPEC_UNSUPPORTED: { meaning: 'config.json asks for something this build cannot do', exitCode: 1 },
  ROOTFS_INVALID: { meaning: 'root.path is not a usable directory', exitCode: 1 },
  CONTAINER_ID_INVALID: { meaning: 'the container id has a forbidden form', exitCode: 1 },
  CONTAINER_EXISTS: { meaning: 'a container with this id exists already', exitCode: 1 },
  CONTAINER_NOT_FOUND: { meaning: 'no container has this id', exitCode: 1 },
  CONTAINER_STATUS: { meaning: 'the container is in a status that forbids the operation', exitCode: 1 },
  SIGNAL_UNKNOWN: { meaning: 'the signal name or number is not known', exitCode: 1 },
  STATE_UNREADABLE: { meaning: 'the state directory or a record in it cannot be used', exitCode: 1 },
  SYSTEM_CALL_FAILED: { meaning: 'a system call on the host failed', exitCode: 1 },
  CGROUP_FAILED: { meaning: 'a cgroup cannot be created, written, entered or removed', exitCode: 1 },
  INIT_OUT_OF_MEMORY: {
    meaning: 'the kernel killed the container process in its setup for want of memory',
    exitCode: 1,
  },
  LAUNCH_STEP_FAILED: { meaning: 'a step of the launch plan failed in the shim', exitCode: 1 },
  SHIM_MISMATCH: { meaning: 'the shim was built from another op table than the runtime', exitCode: 1 },
  SHIM_LOST: { meaning: 'the shim or the container process ended without a word', exitCode: 1 },
  ID_MAPPING_FAILED: { meaning: 'ids cannot be mapped into the user namespace as config.json says', exitCode: 1 },
  NETWORK_DEVICE_FAILED: { meaning: 'a network device cannot be moved into the container', exitCode: 1 },
  RDT_FAILED: { meaning: 'an Intel RDT group cannot be made, used or removed', exitCode: 1 },
  LISTENER_FAILED: { meaning: 'the seccomp listener cannot be handed to the agent', exitCode: 1 },
  TERMINAL_FAILED: { meaning: 'the terminal cannot be opened on the host or handed over', exitCode: 1 },
  PS_FAILED: { meaning: 'the ps of the host cannot be run, or its output does not tell pids', exitCode: 1 },
  SOCKET_FAILED: { meaning: 'a socket that the caller named cannot be used', exitCode: 1 },
  HOOK_FAILED: { meaning: 'a hook failed or ran out of time', exitCode: 1 },
  EXECUTABLE_BROKEN: { meaning: 'the runtime cannot load its own native parts', exitCode: 1 },
  BUG: { meaning: 'an invariant of runts itself is broken', exitCode: 1 },
} as const satisfies Record<string, { meaning: string; exitCode: number }>

export type ErrorCode = keyof typeof ERROR_CODES
