// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { addEntryCode, alignCode, type EntryAddresses } from './add-entry-code.ts'

const never = () => assert.fail('no code may be made for an executable that cannot take it')

test('refuses an executable that is placed anywhere in memory', () => {
  assert.throws(() => addEntryCode(readFileSync('/bin/true'), never), /not an executable with fixed addresses/)
})

/** A file header, one segment of build notes and one of code, and no sections. */
function smallExecutable(noteType: number): Buffer {
  const elf = Buffer.alloc(64 + 2 * 56)
  elf.writeUInt16LE(2, 16)
  elf.writeBigUInt64LE(0x401000n, 24)
  elf.writeBigUInt64LE(64n, 32)
  elf.writeUInt16LE(56, 54)
  elf.writeUInt16LE(2, 56)
  elf.writeUInt32LE(noteType, 64)
  elf.writeUInt32LE(1, 120)
  elf.writeBigUInt64LE(0x401000n, 120 + 16)
  elf.writeBigUInt64LE(0x2345n, 120 + 40)
  elf.writeBigUInt64LE(0x1000n, 120 + 48)
  return elf
}

test('refuses an executable without a segment of build notes, or without the variable it must correct', () => {
  assert.throws(() => addEntryCode(smallExecutable(0), never), /no PT_NOTE segment/)
  assert.throws(() => addEntryCode(smallExecutable(4), never), /no dynamic symbols/)
})

for (const page of [0x1000, 0x10000])
  test(`the entry code can be mapped by a kernel with the ${page / 1024} KiB pages that the program is linked for`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'runts-elf-'))
    const [source, program] = [join(folder, 'program.c'), join(folder, 'program')]
    writeFileSync(source, 'extern char **environ;\nint main(void) { return environ == 0; }\n')
    execFileSync('cc', ['-fno-pic', '-no-pie', `-Wl,-z,max-page-size=${page}`, '-o', program, source])
    const code = Buffer.alloc(24, 7)
    const given: EntryAddresses[] = []
    const patched = addEntryCode(readFileSync(program), (addresses) => {
      given.push(addresses)
      return code
    })
    const entry = patched.readBigUInt64LE(24)
    assert.deepEqual(
      given.map((addresses) => addresses.code),
      [entry],
    )
    const segments = Array.from({ length: patched.readUInt16LE(56) }, (_, i) => 64 + 56 * i)
    const at = segments.find((i) => patched.readUInt32LE(i) === 1 && patched.readBigUInt64LE(i + 16) === entry)
    assert.ok(at)
    const offset = Number(patched.readBigUInt64LE(at + 8))
    assert.deepEqual(patched.subarray(offset), code)
    assert.equal((Number(entry) - offset) % page, 0)
    assert.equal(Number(patched.readBigUInt64LE(at + 48)), page)
    rmSync(folder, { recursive: true })
  })

test('moves code to where huge pages of it can be mapped, and the program still runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'runts-elf-'))
  const [source, program] = [join(folder, 'program.c'), join(folder, 'program')]
  writeFileSync(
    source,
    '#include <stdio.h>\nint counter = 40;\nint main(void) { return printf("%d\\n", counter + 2) != 3; }\n',
  )
  execFileSync('cc', ['-static', '-no-pie', '-Wl,-Ttext-segment=0x408000', '-o', program, source])
  const before = readFileSync(program)
  const aligned = alignCode(before)
  const codeOf = (elf: Buffer) => {
    const start = Number(elf.readBigUInt64LE(32))
    const at = [0, 1, 2, 3, 4, 5, 6, 7]
      .map((i) => start + 56 * i)
      .find((i) => elf.readUInt32LE(i) === 1 && elf.readUInt32LE(i + 4) === 5)
    assert.ok(at)
    return { offset: elf.readBigUInt64LE(at + 8), address: elf.readBigUInt64LE(at + 16) }
  }
  const shiftOf = ({ offset, address }: ReturnType<typeof codeOf>) => (address - offset) % 0x200000n
  assert.notEqual(shiftOf(codeOf(before)), 0n)
  assert.equal(shiftOf(codeOf(aligned)), 0n)
  assert.equal(codeOf(aligned).address, codeOf(before).address)
  writeFileSync(program, aligned)
  assert.equal(execFileSync(program, { encoding: 'utf8' }), '42\n')
  // Who reads sections finds them, too.
  assert.match(execFileSync('readelf', ['--string-dump=.rodata', program], { encoding: 'utf8' }), /%d/)
  rmSync(folder, { recursive: true })
})
