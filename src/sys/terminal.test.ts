// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { constants, openSync } from 'node:fs'
import { describe, test } from 'node:test'
import { Fd } from './fd.ts'
import * as terminal from './terminal.ts'

/** The master of a new pty; its modes and size are those of the pair. */
function openPty(): Fd {
  return new Fd(openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY))
}

describe('a terminal', () => {
  test('has modes, and what is none has not', () => {
    const pty = openPty()
    assert.ok(terminal.readModes(pty.number))
    pty.close()
    const other = new Fd(openSync('/dev/null', 'r'))
    assert.equal(terminal.readModes(other.number), undefined)
    assert.equal(terminal.readWindowSize(other.number), undefined)
    other.close()
  })

  test('becomes raw and gets its modes back, control characters included', () => {
    const pty = openPty()
    const modes = terminal.readModes(pty.number) as Uint8Array
    const flags = (bytes: Uint8Array | undefined) =>
      (['c_iflag', 'c_oflag', 'c_lflag'] as const).map((member) => terminal.termios.get(bytes as Uint8Array, member))
    terminal.writeModes(pty.number, terminal.rawModes(modes, false))
    const [input = 0, output = 0, local = 0] = flags(terminal.readModes(pty.number))
    assert.equal(input & 0o2400, 0, 'neither ICRNL nor IXON')
    assert.equal(output & 1, 0, 'no OPOST')
    assert.equal(local & 0o13, 0, 'neither ISIG nor ICANON nor ECHO')
    assert.equal(terminal.readModes(pty.number)?.[17 + 6], 1, 'VMIN')
    terminal.writeModes(pty.number, modes)
    assert.deepEqual(terminal.readModes(pty.number), modes)
    terminal.writeModes(pty.number, terminal.rawModes(modes, true))
    assert.equal((flags(terminal.readModes(pty.number))[1] ?? 0) & 1, 1, 'OPOST where output is kept')
    pty.close()
  })

  test('may leave newlines alone', () => {
    const pty = openPty()
    const modes = terminal.readModes(pty.number) as Uint8Array
    const output = (bytes: Uint8Array) => terminal.termios.get(bytes, 'c_oflag')
    assert.equal(output(modes) & 4, 4)
    assert.equal(output(terminal.plainNewlines(modes)), output(modes) & ~4)
    pty.close()
  })

  test('has a size once one is set', () => {
    const pty = openPty()
    assert.equal(terminal.readWindowSize(pty.number), undefined)
    const size = terminal.winsize.pack({ ws_row: 24, ws_col: 80, ws_xpixel: 640 })
    terminal.writeWindowSize(pty.number, size)
    assert.deepEqual(terminal.readWindowSize(pty.number), size)
    pty.close()
  })

  test('that does not control this process may be used', () => {
    const pty = openPty()
    assert.equal(terminal.isInForeground(pty.number), true)
    pty.close()
  })
})
