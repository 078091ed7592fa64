// SPDX-License-Identifier: Apache-2.0
import type { Fd } from '../sys/fd.ts'
import { createSealedMemfd } from '../sys/memfd.ts'
import { shimBytes } from './shim-bytes.ts'

/**
 * The shim as a sealed memfd, to be executed by descriptor; the caller closes it. Inside a container /proc/self/exe
 * then leads to bytes that nobody can write (CVE-2019-5736).
 */
export function shimExecutable(): Fd {
  return createSealedMemfd('runts-shim', shimBytes(), true)
}
