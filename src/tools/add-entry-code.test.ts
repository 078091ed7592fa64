// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { addEntryCode } from './add-entry-code.ts'

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
  return elf
}

test('refuses an executable without a segment of build notes, or without the variable it must correct', () => {
  assert.throws(() => addEntryCode(smallExecutable(0), never), /no PT_NOTE segment/)
  assert.throws(() => addEntryCode(smallExecutable(4), never), /no dynamic symbols/)
})
