// SPDX-License-Identifier: Apache-2.0

type Register = 0 | 1 | 2 | 3 | 4 | 5

/** The eBPF instructions a device filter is made of; `skip` counts the instructions to leave out. */
export type Instruction =
  | { readonly do: 'load'; readonly to: Register; readonly from: Register; readonly offset: number }
  | { readonly do: 'copy'; readonly to: Register; readonly from: Register }
  | { readonly do: 'and' | 'shift_right' | 'set'; readonly to: Register; readonly value: number }
  | {
      readonly do: 'skip_if_equal' | 'skip_unless_equal'
      readonly register: Register
      readonly value: number
      readonly skip: number
    }
  | {
      readonly do: 'skip_unless_same'
      readonly register: Register
      readonly other: Register
      readonly skip: number
    }
  | { readonly do: 'exit' }

/** Operation codes (linux/bpf.h, linux/bpf_common.h): class, source and operation in one byte. */
const CODES = {
  load: 0x61, // BPF_LDX | BPF_MEM | BPF_W
  copy: 0xbc, // BPF_ALU | BPF_MOV | BPF_X
  and: 0x54, // BPF_ALU | BPF_AND | BPF_K
  shift_right: 0x74, // BPF_ALU | BPF_RSH | BPF_K
  set: 0xb4, // BPF_ALU | BPF_MOV | BPF_K
  skip_if_equal: 0x15, // BPF_JMP | BPF_JEQ | BPF_K
  skip_unless_equal: 0x55, // BPF_JMP | BPF_JNE | BPF_K
  skip_unless_same: 0x5d, // BPF_JMP | BPF_JNE | BPF_X
  exit: 0x95, // BPF_JMP | BPF_EXIT
} as const

/** Instructions in struct bpf_insn's layout on a little-endian machine: code, registers, 16-bit offset, 32-bit value. */
export function encodeInstructions(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(instructions.length * 8))
  instructions.forEach((instruction, at) => {
    const { destination, source, offset, value } = operands(instruction)
    bytes.setUint8(at * 8, CODES[instruction.do])
    bytes.setUint8(at * 8 + 1, destination | (source << 4))
    bytes.setInt16(at * 8 + 2, offset, true)
    bytes.setInt32(at * 8 + 4, value, true)
  })
  return new Uint8Array(bytes.buffer)
}

function operands(instruction: Instruction) {
  const none = { destination: 0, source: 0, offset: 0, value: 0 }
  switch (instruction.do) {
    case 'load':
      return { ...none, destination: instruction.to, source: instruction.from, offset: instruction.offset }
    case 'copy':
      return { ...none, destination: instruction.to, source: instruction.from }
    case 'and':
    case 'shift_right':
    case 'set':
      return { ...none, destination: instruction.to, value: instruction.value }
    case 'skip_if_equal':
    case 'skip_unless_equal':
      return { ...none, destination: instruction.register, offset: instruction.skip, value: instruction.value }
    case 'skip_unless_same':
      return { ...none, destination: instruction.register, source: instruction.other, offset: instruction.skip }
    case 'exit':
      return none
  }
}
