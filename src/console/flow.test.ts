// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { closeSync, readSync, writeSync } from 'node:fs'
import { afterEach, describe, test } from 'node:test'
import { setNonBlocking } from '../sys/fd.ts'
import { createPipe } from '../sys/pipe.ts'
import { Flow } from './flow.ts'

const open: number[] = []
afterEach(() => {
  for (const fd of open.splice(0)) closeSync(fd)
})

/** A flow from a pipe into a pipe, none of which ever blocks. */
function makeFlow(mayBlock = false) {
  const pipes = [createPipe(), createPipe()]
  for (const { reader, writer } of pipes) for (const end of [reader, writer]) setNonBlocking(end)
  const [from, to] = pipes.map(({ reader, writer }) => ({ reader: reader.release(), writer: writer.release() }))
  assert.ok(from && to)
  open.push(from.reader, from.writer, to.reader, to.writer)
  const flow = new Flow({ fd: from.reader, mayBlock: false }, { fd: to.writer, mayBlock })
  return { flow, from, to }
}

function close(fd: number): void {
  open.splice(open.indexOf(fd), 1)
  closeSync(fd)
}

function read(fd: number): string {
  const buffer = Buffer.alloc(1 << 20)
  return buffer.toString('latin1', 0, readSync(fd, buffer))
}

describe('Flow', () => {
  test('reads only when all that was read is written', () => {
    const { flow, from, to } = makeFlow()
    assert.deepEqual([flow.reads, flow.writes], [from.reader, -1])
    writeSync(from.writer, 'some')
    assert.equal(flow.fill(), 4)
    assert.deepEqual([flow.reads, flow.writes, flow.flows], [-1, to.writer, true])
    assert.equal(flow.flush(), true)
    assert.deepEqual([flow.reads, flow.writes], [from.reader, -1])
    assert.equal(read(to.reader), 'some')
  })

  test('keeps what a full sink does not take, byte for byte', () => {
    const { flow, from, to } = makeFlow()
    // A pipe holds 65536 bytes: of the second chunk a part stays.
    const text = Array.from({ length: 30_000 }, (_, i) => String(i)).join(' ')
    let sent = 0
    let got = ''
    for (let rounds = 0; got.length < text.length; rounds++) {
      assert.ok(rounds < 1000)
      if (sent < text.length && flow.reads >= 0) sent += writeSync(from.writer, text.slice(sent, sent + 60_000))
      if (flow.reads >= 0) flow.fill()
      if (flow.writes >= 0) flow.flush()
      if (flow.writes >= 0) got += read(to.reader)
      else if (sent === text.length && flow.reads >= 0) got += read(to.reader)
    }
    assert.equal(got, text)
  })

  test('has nothing to give where nothing has come', () => {
    const { flow, from } = makeFlow()
    assert.equal(flow.fill(), 0)
    assert.equal(flow.reads, from.reader)
  })

  test('ends with its source, after what came before', () => {
    const { flow, from, to } = makeFlow()
    writeSync(from.writer, 'last')
    close(from.writer)
    assert.equal(flow.fill(), 4)
    flow.flush()
    assert.equal(flow.fill(), 0)
    assert.deepEqual([flow.reads, flow.writes], [-1, -1])
    assert.equal(read(to.reader), 'last')
  })

  test('says when nobody takes it, and stops', () => {
    const { flow, from, to } = makeFlow()
    writeSync(from.writer, 'lost')
    flow.fill()
    close(to.reader)
    assert.equal(flow.flush(), false)
    assert.deepEqual([flow.reads, flow.writes], [-1, -1])
  })

  test('gives a sink that may block no more than a pipe surely takes', () => {
    const { flow, from, to } = makeFlow(true)
    writeSync(from.writer, 'x'.repeat(10_000))
    flow.fill()
    assert.equal(flow.flows, false)
    flow.flush()
    assert.equal(read(to.reader).length, 4096)
    assert.equal(flow.writes, to.writer)
  })
})
