// SPDX-License-Identifier: Apache-2.0
// Writes native-shim/generated/{ops.h,ops_table.c} from the op table, so that TypeScript and C cannot drift apart.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { FieldKind, OpRow } from '../plan/op-table.ts'
import { OPS } from '../plan/op-table.ts'
import { PHASES, SYNC_POINTS } from '../plan/phases.ts'
import { tableHash } from '../plan/table-hash.ts'
import { WIRE_FORMS } from '../plan/wire-forms.ts'

const C_TYPES: Record<FieldKind, string> = {
  u32: 'uint32_t ',
  i32: 'int32_t ',
  u64: 'uint64_t ',
  i64: 'int64_t ',
  bool: 'bool ',
  str: 'const char *',
  strs: 'struct strings ',
  bytes: 'struct bytes ',
  u32s: 'struct u32s ',
  hostPath: 'const char *',
  rootfsPath: 'const char *',
  slot: 'int ',
}

const WIRE_KINDS: Record<FieldKind, string> = {
  u32: 'FIELD_U32',
  i32: 'FIELD_I32',
  u64: 'FIELD_U64',
  i64: 'FIELD_I64',
  bool: 'FIELD_BOOL',
  str: 'FIELD_STR',
  strs: 'FIELD_STRS',
  bytes: 'FIELD_BYTES',
  u32s: 'FIELD_U32S',
  hostPath: 'FIELD_STR',
  rootfsPath: 'FIELD_STR',
  slot: 'FIELD_SLOT',
}

const rows: [string, OpRow][] = Object.entries(OPS)
const banner =
  '// SPDX-License-Identifier: Apache-2.0\n// Generated from src/plan/op-table.ts by src/tools/generate-c-table.ts: change the table, not this file.\n'
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function structOf([name, row]: [string, OpRow]): string {
  const fields = Object.entries(row.fields).map(([field, kind]) => `  ${C_TYPES[kind]}${snake(field)};`)
  if (fields.length === 0) fields.push('  char nothing;')
  return `struct op_${name} {\n${fields.join('\n')}\n};\nint op_${name}(struct context *ctx, const struct op_${name} *op);\n`
}

function tableOf([name, row]: [string, OpRow]): string {
  const fields = Object.entries(row.fields).map(
    ([field, kind]) => `  {${WIRE_KINDS[kind]}, offsetof(struct op_${name}, ${snake(field)})},`,
  )
  const errnos = (row.tolerates ?? []).map((errno) => `${errno}, `).join('')
  return `static const struct field fields_${name}[] = {\n${fields.join('\n')}${fields.length ? '\n' : ''}  {FIELD_END, 0},
};
static const int tolerates_${name}[] = {${errnos}0};
static int run_${name}(struct context *ctx, const void *op) { return op_${name}(ctx, op); }
`
}

function entryOf([name, row]: [string, OpRow]): string {
  const phases = row.phases.map((phase) => `1u << PHASE_${phase.toUpperCase()}`).join(' | ')
  return `  {0x${row.code.toString(16)}, "${name}", ${phases}, fields_${name}, tolerates_${name}, run_${name}},`
}

const header = `${banner}#ifndef RUNTS_OPS_H
#define RUNTS_OPS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../plan.h"

#define OP_TABLE_HASH UINT64_C(0x${tableHash().toString(16)})

enum phase {
${PHASES.map((phase) => `  PHASE_${phase.toUpperCase()},`).join('\n')}
};

enum sync_point {
${Object.entries(SYNC_POINTS)
  .map(([point, code]) => `  SYNC_${point.toUpperCase()} = ${code},`)
  .join('\n')}
};

struct context;

${rows.map(structOf).join('\n')}
union any_op {
${rows.map(([name]) => `  struct op_${name} ${name};`).join('\n')}
};

#endif
`

const table = `${banner}#include <errno.h>
#include "ops.h"

${rows.map(tableOf).join('\n')}
const struct op_row op_rows[] = {
${rows.map(entryOf).join('\n')}
};
const unsigned op_row_count = sizeof(op_rows) / sizeof(op_rows[0]);
`

const layoutRows = rows.map(
  ([name, { code, fields }]) =>
    `"${name}": ${JSON.stringify([code, ...Object.entries(fields).flatMap(([field, kind]) => [field, WIRE_FORMS[kind]])])}`,
)
const layout = `${banner}import type { OpName } from './op-table.ts'

/**
 * What encoding takes of each row: the opcode, then name and wire form of each field. As JSON, which an engine reads in a
 * twentieth of the time that it takes to evaluate the table.
 */
export const OP_LAYOUT: Readonly<Record<OpName, readonly [code: number, ...fieldsAndForms: (string | number)[]]>> =
  JSON.parse(\`{
${layoutRows.join(',\n')}
}\`)
`

function writeIfChanged(path: string, text: string): void {
  let before: string | undefined
  try {
    before = readFileSync(path, 'utf8')
  } catch {}
  if (before !== text) writeFileSync(path, text)
}

const folder = process.argv[2] ?? 'native-shim/generated'
mkdirSync(folder, { recursive: true })
writeIfChanged(`${folder}/ops.h`, header)
writeIfChanged(`${folder}/ops_table.c`, table)
if (process.argv[2] === undefined) {
  const constant = `// SPDX-License-Identifier: Apache-2.0

/** tableHash(), written by src/tools/generate-c-table.ts: computing it at every start would cost half a millisecond. */
export const OP_TABLE_HASH = 0x${tableHash().toString(16)}n
`
  writeIfChanged('src/plan/op-table-hash.ts', constant)
  writeIfChanged('src/plan/op-layout.ts', layout)
}
