// SPDX-License-Identifier: Apache-2.0
import type { DeviceAccess, DeviceException } from '../device-access.ts'
import { MKNOD, READ, WRITE } from '../device-access.ts'
import { encodeInstructions, type Instruction } from './bpf-instructions.ts'

const TYPES = { b: 1, c: 2 } as const // BPF_DEVCG_DEV_BLOCK, BPF_DEVCG_DEV_CHAR

/** The kernel keeps 12 bits of a major and 20 of a minor number; no device has more. */
const MAX_NUMBER = 0xfffff

/**
 * A BPF_PROG_TYPE_CGROUP_DEVICE program for these rules, 8 bytes an instruction. Its argument is struct
 * bpf_cgroup_dev_ctx: access << 16 | type, major, minor; it returns 1 to allow.
 */
export function compileDeviceFilter(access: DeviceAccess): Uint8Array {
  return encodeInstructions(deviceFilterInstructions(access))
}

function deviceFilterInstructions({ allowByDefault, exceptions }: DeviceAccess): Instruction[] {
  return [
    { do: 'load', to: 2, from: 1, offset: 0 },
    { do: 'copy', to: 3, from: 2 },
    { do: 'and', to: 2, value: 0xffff },
    { do: 'shift_right', to: 3, value: 16 },
    { do: 'load', to: 4, from: 1, offset: 4 },
    { do: 'load', to: 5, from: 1, offset: 8 },
    ...exceptions.flatMap((exception) => exceptionBlock(exception, allowByDefault)),
    ...answer(allowByDefault),
  ]
}

/** Leaves with the opposite of the default, or goes on behind the block when anything does not fit. */
function exceptionBlock(exception: DeviceException, allowByDefault: boolean): Instruction[] {
  const { type, major, minor } = exception
  if ((major ?? 0) > MAX_NUMBER || (minor ?? 0) > MAX_NUMBER) return []
  const tests: Instruction[] = [
    { do: 'skip_unless_equal', register: 2, value: TYPES[type], skip: 0 },
    ...accessTests(exception.access, allowByDefault),
    ...(major === undefined ? [] : [{ do: 'skip_unless_equal', register: 4, value: major, skip: 0 } as const]),
    ...(minor === undefined ? [] : [{ do: 'skip_unless_equal', register: 5, value: minor, skip: 0 } as const]),
  ]
  const block = [...tests, ...answer(!allowByDefault)]
  return block.map((instruction, at) =>
    'skip' in instruction ? { ...instruction, skip: block.length - at - 1 } : instruction,
  )
}

/** Allowed is what asks for nothing beyond the exception; denied is what asks for any part of it. As cgroup v1 has it. */
function accessTests(access: number, allowByDefault: boolean): Instruction[] {
  if (access === (READ | WRITE | MKNOD) && !allowByDefault) return []
  return [
    { do: 'copy', to: 1, from: 3 },
    { do: 'and', to: 1, value: access },
    allowByDefault
      ? { do: 'skip_if_equal', register: 1, value: 0, skip: 0 }
      : { do: 'skip_unless_same', register: 1, other: 3, skip: 0 },
  ]
}

function answer(allow: boolean): Instruction[] {
  return [{ do: 'set', to: 0, value: allow ? 1 : 0 }, { do: 'exit' }]
}
