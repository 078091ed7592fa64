// SPDX-License-Identifier: Apache-2.0

/**
 * eBPF bytes of a little-endian machine (struct bpf_insn, linux/bpf.h) as text, one line an instruction, in the style of
 * the kernel's verifier log. It only knows what a device filter is made of; anything else throws.
 */
export function disassembleDeviceFilter(program: Uint8Array): string {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength)
  let text = ''
  for (let at = 0; at * 8 < program.length; at += 1) text += `${String(at).padStart(3)}: ${instructionAt(view, at)}\n`
  return text
}

function instructionAt(view: DataView, at: number): string {
  const code = view.getUint8(at * 8)
  const registers = view.getUint8(at * 8 + 1)
  const [to, from] = [registers & 15, registers >> 4]
  const offset = view.getInt16(at * 8 + 2, true)
  const value = view.getInt32(at * 8 + 4, true)
  const goto = `goto ${at + 1 + offset}`
  switch (code) {
    case 0x61:
      return `w${to} = *(u32 *)(r${from} + ${offset})`
    case 0xbc:
      return `w${to} = w${from}`
    case 0x54:
      return `w${to} &= ${value}`
    case 0x74:
      return `w${to} >>= ${value}`
    case 0xb4:
      return `w${to} = ${value}`
    case 0x15:
      return `if r${to} == ${value} ${goto}`
    case 0x55:
      return `if r${to} != ${value} ${goto}`
    case 0x5d:
      return `if r${to} != r${from} ${goto}`
    case 0x95:
      return 'exit'
    default:
      throw new Error(`instruction ${at} has the unknown code ${code}`)
  }
}
