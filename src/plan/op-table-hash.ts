// SPDX-License-Identifier: Apache-2.0

/** tableHash(), written by src/tools/generate-c-table.ts: computing it at every start would cost half a millisecond. */
export const OP_TABLE_HASH = 0xfe6d4e9c9b295f0an
