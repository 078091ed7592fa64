// SPDX-License-Identifier: Apache-2.0
import { HOST_FIELDS, type MappedField } from './source-map.ts'

const INTRODUCTION = `# Where things happen

Generated from what the planners do with the documents in \`spec-fixtures\`: \`npm run fixtures:update\`.

Data goes one way: \`cli\` reads the command line, \`commands\` are its verbs, \`bundle\` finds the files, \`spec\` validates
config.json, the rooms plan from it, \`plan\` is the language of the plan, \`launch\` has the order of everything
(\`launch/compile-create-plan.ts\`) and talks to the shim in \`native-shim\`, which carries the plan out. \`runts plan\` prints
a plan with the field that each step comes from; this table is the other direction.

| config.json | rule | planner | op | C |
|---|---|---|---|---|
`

/** The map as the README of src; files of one directory are named with it. */
export function formatMap(fields: readonly MappedField[]): string {
  const rows = fields.map(({ field, rules, planners, ops, functions }) => row(field, rules, planners, ops, functions))
  const host = HOST_FIELDS.map(([field, file]) => row(field, [], [file], ['(host)'], []))
  return INTRODUCTION + [...rows, ...host].sort().join('')
}

function row(field: string, ...columns: (readonly string[])[]): string {
  return `| \`${field}\` | ${columns.map((column) => column.join('<br>') || '–').join(' | ')} |\n`
}
