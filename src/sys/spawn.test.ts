// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { errnoOf } from '../errors/runtime-error.ts'
import { Fd } from './fd.ts'
import { createSealedMemfd } from './memfd.ts'
import { waitForProcess } from './process.ts'
import { type FdMapping, posixSpawn } from './spawn.ts'

/** What a program writes on its standard output. */
function output(program: string | Fd, argv: string[], env: string[] = [], mappings: FdMapping[] = []): string {
  const folder = mkdtempSync(join(tmpdir(), 'runts-spawn-'))
  const file = join(folder, 'output')
  const fd = new Fd(openSync(file, 'w'))
  const pid = posixSpawn(program, argv, env, [...mappings, { source: fd.number, target: 1 }])
  assert.deepEqual(waitForProcess(pid), { exitCode: 0 })
  fd.close()
  const text = readFileSync(file, 'utf8')
  rmSync(folder, { recursive: true })
  return text
}

test('passes arguments and environment, and nothing of its own environment', () => {
  const env = ['A=1', 'B=two words', 'C=ü\n']
  assert.equal(output('/usr/bin/env', ['anything'], env), 'A=1\nB=two words\nC=ü\n\n')
  assert.equal(output('/bin/echo', ['echo', '', ' x', 'ü']), '  x ü\n')
})

test('gives the child the mapped descriptors, also when targets and sources overlap', () => {
  const first = createSealedMemfd('first', Buffer.from('1st '))
  const second = createSealedMemfd('second', Buffer.from('2nd '))
  const crossed = [
    { source: first.number, target: second.number },
    { source: second.number, target: first.number },
  ]
  const script = `cat /proc/self/fd/${first.number} /proc/self/fd/${second.number}`
  assert.equal(output('/bin/sh', ['sh', '-c', script], [], crossed), '2nd 1st ')
  first.close()
  second.close()
})

test('starts a program from a descriptor although a mapping takes its number', () => {
  const program = createSealedMemfd('program', readFileSync('/bin/echo'), true)
  const other = createSealedMemfd('other', Buffer.from(''))
  const mappings = [{ source: other.number, target: program.number }]
  assert.equal(output(program, ['echo', 'alive'], [], mappings), 'alive\n')
  program.close()
  other.close()
})

test('keeps its own close-on-exec descriptors from the child', () => {
  const secret = createSealedMemfd('secret', Buffer.from('x'))
  const names = output('/bin/ls', ['ls', '-l', '/proc/self/fd'])
  assert.ok(!names.includes('secret'), names)
  secret.close()
})

test('starts the child with every signal at its default and none blocked', () => {
  const status = output('/bin/cat', ['cat', '/proc/self/status'])
  assert.match(status, /^SigIgn:\t0{16}$/m)
  assert.match(status, /^SigBlk:\t0{16}$/m)
})

test('reports why a program cannot be started', () => {
  assert.throws(
    () => posixSpawn('/proc/self/nothing', ['x'], [], []),
    (error) => errnoOf(error) === 'ENOENT',
  )
  assert.throws(
    () => posixSpawn('/etc/passwd', ['x'], [], []),
    (error) => errnoOf(error) === 'EACCES',
  )
})

test('refuses a NUL byte in an argument', () => {
  assert.throws(() => posixSpawn('/bin/true', ['true', 'a\0b'], [], []), /NUL byte/)
})
