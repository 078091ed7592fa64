// SPDX-License-Identifier: Apache-2.0
import { loadKoffi } from '../sys/load-koffi.ts'
import { embedded } from './embedded.ts'

/** What launch/shim-bytes.ts is in the executable: a view of the bytes where they are. */
export function shimBytes(): Uint8Array {
  const { address, size } = embedded().shim
  return new Uint8Array(loadKoffi().view(address, size))
}
