// SPDX-License-Identifier: Apache-2.0
import { SPEC_VERSION, VERSION } from '../commands/version.ts'
import { tableHash } from '../plan/table-hash.ts'

/** `--version`: engines read the word before "version" and the lines "commit:" and "spec:". */
export function versionText(): string {
  return `runts version ${VERSION}\ncommit: ${tableHash().toString(16)}\nspec: ${SPEC_VERSION}\n`
}
