// SPDX-License-Identifier: Apache-2.0

/** The newest runtime-spec this runtime knows: what `state`, `features` and the state on a hook's stdin say. */
export const SPEC_VERSION = '1.3.0'
