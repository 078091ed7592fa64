// SPDX-License-Identifier: Apache-2.0

/** tableHash(), written by src/tools/generate-c-table.ts: computing it at every start would cost half a millisecond. */
export const OP_TABLE_HASH = 0x9a9bfdb8ab69d4cbn
