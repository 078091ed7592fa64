// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ABI_CHECK_PATH, abiCheckSource } from '../tools/generate-abi-check.ts'

test('the committed abi_check.c is what the constants and layouts generate', () => {
  assert.equal(readFileSync(ABI_CHECK_PATH, 'utf8'), abiCheckSource())
})

test('the C compiler agrees with every constant, system call number, errno and struct layout', () => {
  execFileSync('cc', ['-fsyntax-only', '-Wall', ABI_CHECK_PATH], { stdio: 'pipe' })
})
