// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { errnoOf } from '../errors/runtime-error.ts'
import { FCNTL } from './constants.ts'
import { Fd } from './fd.ts'
import { type Program, type ProgramResult, runProgram } from './run-program.ts'
import { call } from './syscall.ts'

function shell(script: string, changes: Partial<Program> = {}): ProgramResult {
  return runProgram({
    path: '/bin/sh',
    args: ['sh', '-c', script],
    env: [],
    directory: '/',
    input: 'state',
    ...changes,
  })
}

test('passes input, arguments, environment and directory, and returns both outputs', () => {
  const result = shell('', {
    args: ['name', '-c', 'cat; echo " $A $PWD"; tr "\\0" " " </proc/$$/cmdline | cut -c1-7; echo wrong >&2; exit 3'],
    env: ['A=one two'],
    directory: '/usr',
  })
  assert.deepEqual(result, {
    end: { exitCode: 3 },
    timedOut: false,
    stdout: 'state one two /usr\nname -c',
    stderr: 'wrong',
  })
})

test('keeps the end of an output of many MiB and lets the program end', () => {
  const script = 'i=0; while [ $i -lt 64 ]; do head -c 65536 /dev/zero | tr "\\0" x; echo; i=$((i+1)); done; echo end'
  const { end, stdout } = shell(script)
  assert.deepEqual(end, { exitCode: 0 })
  assert.match(stdout, /^… x*\n?end$|^… end$/)
  assert.ok(stdout.length <= 4200)
})

test('an input larger than a pipe reaches a program that reads, and does not hold one that does not', () => {
  const input = 'x'.repeat(1_000_000)
  assert.equal(shell('wc -c', { input }).stdout, '1000000')
  assert.deepEqual(shell('exec <&-; exit 0', { input }).end, { exitCode: 0 })
  assert.deepEqual(shell('exit 5', { input }).end, { exitCode: 5 })
})

test('tells the signal that ended the program', () => {
  assert.deepEqual(shell('kill -SEGV $$').end, { signal: 11 })
})

test('past the time limit the whole process group is killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'runts-hook-'))
  const file = join(folder, 'child')
  const begun = performance.now()
  const result = shell(`sleep 1000 & echo $! >${file}; echo begun; wait`, { timeoutSeconds: 0.3 })
  assert.ok(performance.now() - begun >= 300)
  assert.equal(result.timedOut, true)
  assert.deepEqual(result.end, { signal: 9 })
  assert.equal(result.stdout, 'begun')
  const child = readFileSync(file, 'utf8').trim()
  // Reaping is up to whoever adopted it: dead is a process that has gone or is a zombie.
  const isGone = () =>
    !existsSync(`/proc/${child}`) || /^State:\sZ/m.test(readFileSync(`/proc/${child}/status`, 'utf8'))
  for (let i = 0; i < 1000 && !isGone(); i++) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
  assert.ok(isGone())
  rmSync(folder, { recursive: true })
})

test('does not wait for children that keep the pipes open', () => {
  const { end, stdout } = shell('sleep 1000 & echo $!')
  assert.deepEqual(end, { exitCode: 0 })
  process.kill(Number(stdout), 'SIGKILL')
})

test('the program leads a session of its own and has only 0, 1 and 2, whatever this process leaks', () => {
  const leak = new Fd(openSync('/etc/passwd', 'r'))
  call('cannot leak', 'fcntl', leak.number, FCNTL.F_SETFD, 0)
  const { stdout } = shell('cut -d" " -f1,5,6 /proc/$$/stat; ls /proc/$$/fd')
  leak.close()
  const [first = '', ...fds] = stdout.split('\n')
  const [pid, group, session] = first.split(' ')
  assert.deepEqual([group, session], [pid, pid])
  assert.deepEqual(fds, ['0', '1', '2'])
})

test('a program that cannot be started is told by its errno and leaves no descriptor', () => {
  const count = () => readFileSync('/proc/self/fdinfo/0') && openSync('/dev/null', 'r')
  const before = count()
  assert.throws(
    () => shell('', { path: '/nonexistent' }),
    (error) => errnoOf(error) === 'ENOENT',
  )
  assert.throws(
    () => shell('', { path: '/etc/passwd' }),
    (error) => errnoOf(error) === 'EACCES',
  )
  const after = count()
  assert.equal(after, before + 1)
  new Fd(before).close()
  new Fd(after).close()
})
