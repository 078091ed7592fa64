// SPDX-License-Identifier: Apache-2.0
import { buildId, SPEC_VERSION, VERSION } from '../commands/version.ts'

/** `--version`: engines read the word before "version" and the lines "commit:" and "spec:". */
export function versionText(): string {
  return `runts version ${VERSION}\ncommit: ${buildId()}\nspec: ${SPEC_VERSION}\n`
}
