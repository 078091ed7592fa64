// SPDX-License-Identifier: Apache-2.0
import { CLOSE_RANGE, FCNTL } from './constants.ts'
import { Fd } from './fd.ts'
import { allocate, viewOf } from './struct-layout.ts'
import { call } from './syscall.ts'

/** A close-on-exec pipe (pipe2(2)). */
export function createPipe(): { readonly reader: Fd; readonly writer: Fd } {
  const pair = allocate(8)
  call('cannot create a pipe', 'pipe2', pair, FCNTL.O_CLOEXEC)
  const view = viewOf(pair)
  return { reader: new Fd(view.getInt32(0, true)), writer: new Fd(view.getInt32(4, true)) }
}

/** Whatever this process has open above stdio, its caller's leaks included, ends with the next execve(2) (Linux 5.11). */
export function markAllCloseOnExec(): void {
  call('cannot mark descriptors close-on-exec', 'close_range', 3, 0xffffffff, CLOSE_RANGE.CLOSE_RANGE_CLOEXEC)
}
