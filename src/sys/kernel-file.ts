// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, openSync, readSync } from 'node:fs'

/** A file of /proc or cgroupfs, whose size is not known before: `readFileSync` would take 256 KiB for each under Bun. */
export function readKernelFile(path: string): string {
  const buffer = Buffer.allocUnsafe(16 * 1024)
  const fd = openSync(path, constants.O_RDONLY)
  try {
    const parts: Buffer[] = []
    for (;;) {
      const length = readSync(fd, buffer, 0, buffer.length, null)
      if (length === 0) return Buffer.concat(parts).toString()
      parts.push(Buffer.from(buffer.subarray(0, length)))
    }
  } finally {
    closeSync(fd)
  }
}
