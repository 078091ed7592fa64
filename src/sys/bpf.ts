// SPDX-License-Identifier: Apache-2.0
import { cString } from './c-string.ts'
import { BPF } from './constants.ts'
import { Fd } from './fd.ts'
import { addressOf } from './libc.ts'
import { allocate, structLayout } from './struct-layout.ts'
import { call } from './syscall.ts'

// The members of union bpf_attr that the commands below use (linux/bpf.h); the kernel takes shorter attrs than its own.
export const bpf_prog_load_attr = structLayout({
  prog_type: 'u32',
  insn_cnt: 'u32',
  insns: 'pointer',
  license: 'pointer',
  log_level: 'u32',
  log_size: 'u32',
  log_buf: 'pointer',
})
export const bpf_prog_attach_attr = structLayout({
  target_fd: 'u32',
  attach_bpf_fd: 'u32',
  attach_type: 'u32',
  attach_flags: 'u32',
  replace_bpf_fd: 'u32',
})
export const bpf_prog_query_attr = structLayout({
  target_fd: 'u32',
  attach_type: 'u32',
  query_flags: 'u32',
  attach_flags: 'u32',
  prog_ids: 'pointer',
  prog_cnt: 'u32',
})
export const bpf_prog_get_fd_attr = structLayout({ prog_id: 'u32', next_id: 'u32', open_flags: 'u32' })

const INSTRUCTION_SIZE = 8
const MAX_PROGRAMS = 64

/** Loads a program of type BPF_PROG_TYPE_CGROUP_DEVICE, 8 bytes an instruction; `license` as in the kernel's modules. */
export function loadDeviceProgram(instructions: Uint8Array, license: string): Fd {
  const text = cString(license)
  const [attr, insnsAddress = 0n, licenseAddress = 0n] = block(bpf_prog_load_attr.size, instructions, text)
  attr.set(
    bpf_prog_load_attr.pack({
      prog_type: BPF.BPF_PROG_TYPE_CGROUP_DEVICE,
      insn_cnt: instructions.length / INSTRUCTION_SIZE,
      insns: insnsAddress,
      license: licenseAddress,
    }),
  )
  return new Fd(bpf('cannot load the device filter', BPF.BPF_PROG_LOAD, attr))
}

/** Adds a program to those of a cgroup v2 directory, or puts it in the place of one of them (Linux 5.6). */
export function attachDeviceProgram(cgroup: number, program: number, replaced?: number): void {
  const attr = bpf_prog_attach_attr.pack({
    target_fd: cgroup,
    attach_bpf_fd: program,
    attach_type: BPF.BPF_CGROUP_DEVICE,
    attach_flags: BPF.BPF_F_ALLOW_MULTI | (replaced === undefined ? 0 : BPF.BPF_F_REPLACE),
    replace_bpf_fd: replaced ?? 0,
  })
  bpf('cannot attach the device filter', BPF.BPF_PROG_ATTACH, attr)
}

export function detachDeviceProgram(cgroup: number, program: number): void {
  const attr = bpf_prog_attach_attr.pack({
    target_fd: cgroup,
    attach_bpf_fd: program,
    attach_type: BPF.BPF_CGROUP_DEVICE,
  })
  bpf('cannot detach the device filter', BPF.BPF_PROG_DETACH, attr)
}

/** Ids of the device programs attached to this very cgroup, in the order in which they run. Throws ENOSPC beyond 64. */
export function attachedDevicePrograms(cgroup: number): number[] {
  const [memory, idsAddress = 0n] = block(bpf_prog_query_attr.size, allocate(4 * MAX_PROGRAMS))
  memory.set(
    bpf_prog_query_attr.pack({
      target_fd: cgroup,
      attach_type: BPF.BPF_CGROUP_DEVICE,
      prog_ids: idsAddress,
      prog_cnt: MAX_PROGRAMS,
    }),
  )
  bpf('cannot list the device filters', BPF.BPF_PROG_QUERY, memory)
  const ids = new DataView(memory.buffer, Number(idsAddress - addressOf(memory)))
  return Array.from({ length: bpf_prog_query_attr.get(memory, 'prog_cnt') }, (_, index) =>
    ids.getUint32(4 * index, true),
  )
}

export function openProgram(id: number): Fd {
  return new Fd(
    bpf(`cannot open BPF program ${id}`, BPF.BPF_PROG_GET_FD_BY_ID, bpf_prog_get_fd_attr.pack({ prog_id: id })),
  )
}

function bpf(action: string, command: number, attr: Uint8Array): number {
  return call(action, 'bpf', command, attr, attr.length)
}

/** An attr and copies of what it points to in one piece of memory, so that none of it goes before the attr does. */
function block(attrSize: number, ...parts: Uint8Array[]): [attr: Uint8Array, ...addresses: bigint[]] {
  const starts: number[] = []
  let size = attrSize
  for (const part of parts) {
    size = Math.ceil(size / 8) * 8
    starts.push(size)
    size += part.length
  }
  const memory = allocate(size)
  parts.forEach((part, index) => {
    memory.set(part, starts[index])
  })
  const base = addressOf(memory)
  return [memory.subarray(0, attrSize), ...starts.map((start) => base + BigInt(start))]
}
