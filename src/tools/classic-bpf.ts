// SPDX-License-Identifier: Apache-2.0
// Reading seccomp filters: as a listing for people, and by running them as the kernel would. Knows the instructions that
// libseccomp and the prologue use (linux/bpf_common.h), and says so of any other.

interface Instruction {
  readonly code: number
  readonly whenTrue: number
  readonly whenFalse: number
  readonly value: number
}

/** A system call as a filter sees it: struct seccomp_data. */
export interface SyscallData {
  readonly architecture: number
  readonly number: number
  readonly args?: readonly bigint[]
}

const CONDITIONS: Readonly<Record<number, readonly [word: string, holds: (a: number, value: number) => boolean]>> = {
  21: ['jeq', (a, value) => a === value],
  37: ['jgt', (a, value) => a > value],
  53: ['jge', (a, value) => a >= value],
  69: ['jset', (a, value) => (a & value) !== 0],
}
const LOAD = 0x20
const AND = 0x54
const JUMP = 0x05
const RETURN = 0x06

const RETURNS: Readonly<Record<number, string>> = {
  2147483648: 'kill_process',
  0: 'kill_thread',
  196608: 'trap',
  327680: 'errno',
  2143289344: 'user_notif',
  2146435072: 'trace',
  2147221504: 'log',
  2147418112: 'allow',
}

/** One line an instruction: its index, what it does, and the indexes it may jump to. */
export function disassemble(filter: Uint8Array): string {
  const lines = instructionsOf(filter).map((each, index) => `${String(index).padStart(4)}  ${describe(each, index)}\n`)
  return lines.join('')
}

/** What the kernel makes of a system call: action and number, as in SECCOMP_RET_*. */
export function evaluate(filter: Uint8Array, data: SyscallData): number {
  const program = instructionsOf(filter)
  let accumulator = 0
  for (let at = 0; at < program.length; at++) {
    const { code, whenTrue, whenFalse, value } = program[at] as Instruction
    if (code === RETURN) return value
    const condition = CONDITIONS[code]
    if (condition) at += condition[1](accumulator, value) ? whenTrue : whenFalse
    else if (code === JUMP) at += value
    else if (code === LOAD) accumulator = wordAt(data, value)
    else if (code === AND) accumulator = (accumulator & value) >>> 0
    else throw new Error(`unknown instruction 0x${code.toString(16)}`)
  }
  throw new Error('the filter ends without a return')
}

/** The name of an action, with its number: `errno 38`, `allow`. */
export function describeReturn(value: number): string {
  const [action, number] = [(value & 0xffff0000) >>> 0, value & 0xffff]
  const word = RETURNS[action] ?? `0x${action.toString(16)}`
  return number === 0 && word !== 'errno' ? word : `${word} ${number}`
}

function instructionsOf(filter: Uint8Array): Instruction[] {
  const view = new DataView(filter.buffer, filter.byteOffset, filter.byteLength)
  return Array.from({ length: filter.length / 8 }, (_, i) => ({
    code: view.getUint16(i * 8, true),
    whenTrue: view.getUint8(i * 8 + 2),
    whenFalse: view.getUint8(i * 8 + 3),
    value: view.getUint32(i * 8 + 4, true),
  }))
}

function describe({ code, whenTrue, whenFalse, value }: Instruction, index: number): string {
  const hex = `0x${value.toString(16)}`
  const [word] = CONDITIONS[code] ?? []
  if (word) return `${word} ${hex} ? ${index + 1 + whenTrue} : ${index + 1 + whenFalse}`
  if (code === JUMP) return `ja ${index + 1 + value}`
  if (code === LOAD) return `ld ${fieldName(value)}`
  if (code === AND) return `and ${hex}`
  if (code === RETURN) return `ret ${describeReturn(value)}`
  throw new Error(`unknown instruction 0x${code.toString(16)}`)
}

function fieldName(offset: number): string {
  if (offset === 0) return 'number'
  if (offset === 4) return 'architecture'
  return `args[${Math.floor((offset - 16) / 8)}]${offset % 8 === 0 ? ' low' : ' high'}`
}

function wordAt({ architecture, number, args = [] }: SyscallData, offset: number): number {
  if (offset === 0) return number >>> 0
  if (offset === 4) return architecture
  const value = args[Math.floor((offset - 16) / 8)] ?? 0n
  return Number((offset % 8 === 0 ? value : value >> 32n) & 0xffffffffn)
}
