// SPDX-License-Identifier: Apache-2.0

/** The version of package.json; a test compares them. */
export const VERSION = '0.1.0'
/** The newest runtime-spec this runtime knows: what `state` and `features` say. */
export const SPEC_VERSION = '1.3.0'
