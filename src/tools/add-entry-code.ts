// SPDX-License-Identifier: Apache-2.0

/** Where the new code lies, what it ends with, and the libc variable it corrects: virtual addresses. */
export interface EntryAddresses {
  readonly code: bigint
  readonly originalEntry: bigint
  readonly environ: bigint
}

// <elf.h>, 64-bit: offsets in the file header, the program header, the section header and a symbol.
const ET_EXEC = 2
const PT_LOAD = 1
const PT_NOTE = 4
const SHT_DYNSYM = 11
const EHDR = { type: 16, entry: 24, phoff: 32, shoff: 40, phentsize: 54, phnum: 56, shentsize: 58, shnum: 60 }
const PHDR = { type: 0, flags: 4, offset: 8, vaddr: 16, paddr: 24, filesz: 32, memsz: 40, align: 48 }
const SHDR = { type: 4, offset: 24, size: 32, link: 40 }
const SYM = { name: 0, value: 8, size: 24 }
/** What one entry of the second level of page tables maps (x86-64, and arm64 with pages of 4 KiB). */
const HUGE_PAGE = 2n * 1024n * 1024n
const READ_EXECUTE = 5

/**
 * An executable whose first instructions are `compile(addresses)`. The code goes to the end of the file; the segment
 * of build notes, which nothing reads at run time, becomes the one that maps it. Throws when the file is not as expected.
 */
export function addEntryCode(elf: Buffer, compile: (addresses: EntryAddresses) => Uint8Array): Buffer {
  if (elf.readUInt16LE(EHDR.type) !== ET_EXEC) throw new Error('not an executable with fixed addresses')
  const segments = programHeaders(elf)
  const note = segments.find((at) => elf.readUInt32LE(at + PHDR.type) === PT_NOTE)
  if (note === undefined) throw new Error('no PT_NOTE segment to use for the entry code')

  const page = largestPage(elf, segments)
  const offset = roundUp(BigInt(elf.length), page)
  const code = roundUp(endOfImage(elf, segments), page) + page
  const addresses = { code, originalEntry: elf.readBigUInt64LE(EHDR.entry), environ: dynamicSymbol(elf, 'environ') }
  const bytes = compile(addresses)

  const patched = Buffer.concat([elf, Buffer.alloc(Number(offset) - elf.length), bytes])
  patched.writeUInt32LE(PT_LOAD, note + PHDR.type)
  patched.writeUInt32LE(READ_EXECUTE, note + PHDR.flags)
  patched.writeBigUInt64LE(offset, note + PHDR.offset)
  patched.writeBigUInt64LE(code, note + PHDR.vaddr)
  patched.writeBigUInt64LE(code, note + PHDR.paddr)
  patched.writeBigUInt64LE(BigInt(bytes.length), note + PHDR.filesz)
  patched.writeBigUInt64LE(BigInt(bytes.length), note + PHDR.memsz)
  patched.writeBigUInt64LE(page, note + PHDR.align)
  patched.writeBigUInt64LE(code, EHDR.entry)
  return patched
}

function programHeaders(elf: Buffer): number[] {
  const start = Number(elf.readBigUInt64LE(EHDR.phoff))
  const size = elf.readUInt16LE(EHDR.phentsize)
  return Array.from({ length: elf.readUInt16LE(EHDR.phnum) }, (_, index) => start + index * size)
}

/** The largest page of a kernel that this executable was linked for: 4 KiB on x86-64, 64 KiB on arm64. */
function largestPage(elf: Buffer, segments: readonly number[]): bigint {
  const loaded = segments.filter((at) => elf.readUInt32LE(at + PHDR.type) === PT_LOAD)
  return BigInt(Math.max(...loaded.map((at) => Number(elf.readBigUInt64LE(at + PHDR.align)))))
}

function endOfImage(elf: Buffer, segments: readonly number[]): bigint {
  const ends = segments
    .filter((at) => elf.readUInt32LE(at + PHDR.type) === PT_LOAD)
    .map((at) => Number(elf.readBigUInt64LE(at + PHDR.vaddr) + elf.readBigUInt64LE(at + PHDR.memsz)))
  return BigInt(Math.max(...ends))
}

/** The address of a variable that the executable holds for libc (a copy relocation). */
function dynamicSymbol(elf: Buffer, name: string): bigint {
  const sections = sectionHeaders(elf)
  const table = sections.find((at) => elf.readUInt32LE(at + SHDR.type) === SHT_DYNSYM)
  if (table === undefined) throw new Error('no dynamic symbols')
  const strings = sectionOffset(elf, sections[elf.readUInt32LE(table + SHDR.link)] as number)
  const start = sectionOffset(elf, table)
  const end = start + Number(elf.readBigUInt64LE(table + SHDR.size))
  const wanted = Buffer.from(`${name}\0`)
  for (let at = start; at < end; at += SYM.size) {
    const nameAt = strings + elf.readUInt32LE(at + SYM.name)
    const value = elf.readBigUInt64LE(at + SYM.value)
    if (value !== 0n && elf.subarray(nameAt, nameAt + wanted.length).equals(wanted)) return value
  }
  throw new Error(`no variable ${name} in the executable`)
}

function sectionHeaders(elf: Buffer): number[] {
  const start = Number(elf.readBigUInt64LE(EHDR.shoff))
  const size = elf.readUInt16LE(EHDR.shentsize)
  return Array.from({ length: elf.readUInt16LE(EHDR.shnum) }, (_, index) => start + index * size)
}

function sectionOffset(elf: Buffer, section: number): number {
  return Number(elf.readBigUInt64LE(section + SHDR.offset))
}

function roundUp(value: bigint, unit: bigint): bigint {
  return ((value + unit - 1n) / unit) * unit
}

/**
 * The executable with its code at a place in the file from which huge pages of the page cache can be mapped: file offset
 * and address must be alike within one. Filesystems with large folios (ext4 from Linux 6.16 on, XFS) then need a tenth of the
 * page faults for it, which take milliseconds of every start; elsewhere it makes no difference.
 */
export function alignCode(elf: Buffer): Buffer {
  const code = programHeaders(elf).find(
    (at) => elf.readUInt32LE(at + PHDR.type) === PT_LOAD && elf.readUInt32LE(at + PHDR.flags) === READ_EXECUTE,
  )
  if (code === undefined) throw new Error('no segment with code')
  const offset = elf.readBigUInt64LE(code + PHDR.offset)
  const gap = (elf.readBigUInt64LE(code + PHDR.vaddr) - offset) % HUGE_PAGE
  const aligned = Buffer.concat([
    elf.subarray(0, Number(offset)),
    Buffer.alloc(Number(gap)),
    elf.subarray(Number(offset)),
  ])
  const move = (at: number) => {
    const from = aligned.readBigUInt64LE(at)
    if (from >= offset) aligned.writeBigUInt64LE(from + gap, at)
  }
  for (const at of programHeaders(elf)) move(at + PHDR.offset)
  const sections = sectionHeaders(elf).map((at) => (BigInt(at) >= offset ? at + Number(gap) : at))
  for (const at of sections) move(at + SHDR.offset)
  move(EHDR.shoff)
  return aligned
}
