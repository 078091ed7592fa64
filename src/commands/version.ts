// SPDX-License-Identifier: Apache-2.0
import { OP_TABLE_HASH } from '../plan/op-table-hash.ts'

/** The version of package.json; a test compares them. */
export const VERSION = '0.1.0'
export { SPEC_VERSION } from '../spec/spec-version.ts'

/** Which op table this build speaks: a shim of another build is refused. */
export function buildId(): string {
  return OP_TABLE_HASH.toString(16)
}
