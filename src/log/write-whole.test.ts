// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeWhole } from './write-whole.ts'

/** How many bytes there was room for. */
function fill(fd: number): number {
  for (let filled = 0; ; ) {
    try {
      filled += writeSync(fd, 'x')
    } catch {
      return filled
    }
  }
}

test('waits for the reader of a full pipe that does not block', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'runts-write-'))
  try {
    const [fifo, output] = [join(directory, 'fifo'), join(directory, 'output')]
    execFileSync('mkfifo', [fifo])
    const fd = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK)
    const filled = fill(fd)
    const text = 'é'.repeat(100_000)
    const length = filled + Buffer.byteLength(text)
    const reader = spawn('sh', ['-c', 'head -c "$0" <"$1" >"$2"', String(length), fifo, output], { stdio: 'ignore' })
    const ended = new Promise((resolve) => reader.once('exit', resolve))
    writeWhole(fd, text)
    assert.equal(await ended, 0)
    closeSync(fd)
    assert.equal(readFileSync(output, 'utf8').slice(filled), text)
  } finally {
    rmSync(directory, { recursive: true })
  }
})
