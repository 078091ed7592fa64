// SPDX-License-Identifier: Apache-2.0
// This room owns everything that knows about libc and the kernel's ABI. It never decides what a container needs.

import { createRequire } from 'node:module'
import type * as Koffi from 'koffi'

export type KoffiModule = typeof Koffi

let loaded: KoffiModule | undefined

/**
 * koffi, loaded at the first call. In the executable, whose build puts another module in the place of this one, the
 * addon comes out of the executable itself (src/executable/load-koffi.ts).
 */
export function loadKoffi(): KoffiModule {
  loaded ??= createRequire(import.meta.url)('koffi') as KoffiModule
  return loaded
}
