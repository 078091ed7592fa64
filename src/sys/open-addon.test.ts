// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { isRuntimeError } from '../errors/runtime-error.ts'
import type { KoffiModule } from './load-koffi.ts'
import { openAddon } from './open-addon.ts'

const packageDirectory = dirname(createRequire(import.meta.url).resolve(`@koromix/koffi-linux-${process.arch}`))
const bytes = readFileSync(join(packageDirectory, `linux_${process.arch}/koffi.node`))

test('loads an addon through a file that never has a name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'runts-addon-'))
  const koffi = openAddon<KoffiModule>(bytes, [folder])
  assert.equal(koffi.load('libc.so.6').func('getpid', 'int', [])(), process.pid)
  assert.deepEqual(readdirSync(folder), [])
  const maps = readFileSync('/proc/self/maps', 'utf8')
  assert.match(maps, new RegExp(`${folder}/#\\d+ \\(deleted\\)`))
  rmdirSync(folder)
})

test('goes on to the next directory when one takes no nameless files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'runts-addon-'))
  assert.ok(openAddon<KoffiModule>(bytes, ['/proc', join(folder, 'missing'), folder]).load)
  rmdirSync(folder)
})

test('says for each directory why it did not do', () => {
  assert.throws(
    () => openAddon(bytes, ['/proc', '/nowhere']),
    (error) =>
      isRuntimeError(error) &&
      error.code === 'EXECUTABLE_BROKEN' &&
      /^cannot load the embedded koffi addon: \/proc: E[A-Z]+; \/nowhere: ENOENT$/.test(error.message),
  )
})
