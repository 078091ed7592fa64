// SPDX-License-Identifier: Apache-2.0

/** Files carried inside the compiled executable, by the paths under which `node:fs` reads them there. */
export interface EmbeddedFiles {
  readonly koffi: string
  readonly shim: string
}

/** Undefined under Node. The build of the executable puts its own module in the place of this one. */
export const embeddedFiles: EmbeddedFiles | undefined = undefined
