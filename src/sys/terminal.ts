// SPDX-License-Identifier: Apache-2.0
import { TERMINAL as T } from './constants.ts'
import { allocate, structLayout, viewOf } from './struct-layout.ts'
import { call, callOrErrno } from './syscall.ts'

export const winsize = structLayout({ ws_row: 'u16', ws_col: 'u16', ws_xpixel: 'u16', ws_ypixel: 'u16' })
/** The flags of the kernel's struct termios; its control characters follow at 17 and end at 36. */
export const termios = structLayout({ c_iflag: 'u32', c_oflag: 'u32', c_cflag: 'u32', c_lflag: 'u32' })
const CONTROL_CHARACTERS = 17
const TERMIOS_SIZE = 36

/** The modes of a terminal (ioctl_tty(2), TCGETS), or undefined for what is none. */
export function readModes(fd: number): Uint8Array | undefined {
  const modes = allocate(TERMIOS_SIZE)
  return callOrErrno('ioctl', fd, T.TCGETS, modes) < 0 ? undefined : modes
}

/** At once, pending input and output stay. From a background process group it stops by SIGTTOU, where that acts. */
export function writeModes(fd: number, modes: Uint8Array): void {
  call('cannot set the modes of the terminal', 'ioctl', fd, T.TCSETS, modes)
}

/** What cfmakeraw(3) makes of modes; with `keepOutput`, output is still processed. */
export function rawModes(modes: Uint8Array, keepOutput: boolean): Uint8Array {
  const { BRKINT, IGNBRK, PARMRK, ISTRIP, INLCR, IGNCR, ICRNL, IXON } = T
  const raw = allocate(modes.length)
  raw.set(modes)
  change(raw, 'c_iflag', IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON, 0)
  change(raw, 'c_oflag', keepOutput ? 0 : T.OPOST, 0)
  change(raw, 'c_cflag', T.CSIZE | T.PARENB, T.CS8)
  change(raw, 'c_lflag', T.ECHO | T.ECHONL | T.ICANON | T.ISIG | T.IEXTEN, 0)
  raw[CONTROL_CHARACTERS + T.VMIN] = 1
  raw[CONTROL_CHARACTERS + T.VTIME] = 0
  return raw
}

/** Modes in which a newline stays one, for output that no terminal shows. */
export function plainNewlines(modes: Uint8Array): Uint8Array {
  const plain = modes.slice()
  change(plain, 'c_oflag', T.ONLCR, 0)
  return plain
}

/** The size as struct winsize, or undefined where none is known: no terminal, or one that says 0 by 0. */
export function readWindowSize(fd: number): Uint8Array | undefined {
  const size = allocate(winsize.size)
  if (callOrErrno('ioctl', fd, T.TIOCGWINSZ, size) < 0) return undefined
  return winsize.get(size, 'ws_row') === 0 && winsize.get(size, 'ws_col') === 0 ? undefined : size
}

/** The foreground process group hears of a change (SIGWINCH). */
export function writeWindowSize(fd: number, size: Uint8Array): void {
  call('cannot set the size of the terminal', 'ioctl', fd, T.TIOCSWINSZ, size)
}

/** Whether this process may use a terminal as it likes: it is in the foreground, or the terminal controls others. */
export function isInForeground(fd: number): boolean {
  const group = allocate(4)
  if (callOrErrno('ioctl', fd, T.TIOCGPGRP, group) < 0) return true
  const foreground = viewOf(group).getInt32(0, true)
  // 0: none, or one that this pid namespace does not show.
  return foreground === 0 || foreground === call('cannot find the own process group', 'getpgid', 0)
}

function change(modes: Uint8Array, member: 'c_iflag' | 'c_oflag' | 'c_cflag' | 'c_lflag', off: number, on: number) {
  viewOf(modes).setUint32(termios.offsets[member], ((termios.get(modes, member) & ~off) | on) >>> 0, true)
}
