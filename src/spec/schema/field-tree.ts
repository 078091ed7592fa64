// SPDX-License-Identifier: Apache-2.0
import { allSchemas } from './all-schemas.ts'
import type { Schema } from './nodes.ts'

/** Which fields a value may have: 0 for a leaf, a list of one for lists, `*` for maps, else the fields by name. */
export type FieldTree = 0 | readonly [FieldTree] | { readonly [name: string]: FieldTree }

/** The fields that the schema of this id describes. */
export function fieldTree(id: string): FieldTree {
  const schema = allSchemas.find((candidate) => candidate.$id === id)
  if (schema === undefined) throw new Error(`no schema is called ${id}`)
  return fieldsOf(schema)
}

function fieldsOf(schema: Schema): FieldTree {
  if ('$ref' in schema) return fieldTree(schema.$ref)
  if ('items' in schema) return [fieldsOf(schema.items)]
  if ('additionalProperties' in schema) return { '*': fieldsOf(schema.additionalProperties) }
  if (!('properties' in schema)) return 0
  return Object.fromEntries(Object.entries(schema.properties).map(([name, field]) => [name, fieldsOf(field)]))
}
