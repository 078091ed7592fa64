// SPDX-License-Identifier: Apache-2.0
// The words the schemas are written in. Programs validate with what ajv compiles from them into spec/generated.

/** A JSON schema of the few kinds that config.json needs; `int` is a keyword of ours. */
export type Schema =
  | { readonly type: 'string'; readonly enum?: readonly string[] }
  | { readonly type: 'boolean' }
  | { readonly int: IntegerRange }
  | { readonly type: 'array'; readonly items: Schema }
  | { readonly type: 'object'; readonly additionalProperties: Schema }
  | ObjectSchema
  | { readonly $ref: string }

export interface ObjectSchema {
  readonly type: 'object'
  readonly properties: Readonly<Record<string, Schema>>
  readonly required: readonly string[]
}

/** Both ends belong to the range. They are JavaScript source, since a schema cannot hold a bigint: `0`, `1n`. */
export interface IntegerRange {
  readonly min: string
  readonly max: string
}

/** A schema other schemas can refer to; ajv makes one function of it. */
export type NamedSchema = Schema & { readonly $id: string }

export const string: Schema = { type: 'string' }
export const boolean: Schema = { type: 'boolean' }
export const stringList: Schema = { $ref: 'stringList' }
export const stringMap: Schema = { $ref: 'stringMap' }

export const uint32 = integer(0, 2 ** 32 - 1)
export const int32 = integer(-(2 ** 31), 2 ** 31 - 1)
export const uint64 = integer(0, 2n ** 64n - 1n)
export const int64 = integer(-(2n ** 63n), 2n ** 63n - 1n)
/** The id 2^32-1 means "no id" to the kernel. */
export const userOrGroupId = integer(0, 2 ** 32 - 2)
/** MAJOR and MINOR of the kernel's 32-bit dev_t. */
export const majorNumber = integer(0, 2 ** 12 - 1)
export const minorNumber = integer(0, 2 ** 20 - 1)

export function integer(min: number | bigint, max: number | bigint): Schema {
  return { int: { min: source(min), max: source(max) } }
}

export function list(items: Schema): Schema {
  return { type: 'array', items }
}

export function mapOf(values: Schema): Schema {
  return { type: 'object', additionalProperties: values }
}

/** Exactly the names of T, each mentioned once: the compiler refuses a missing and a surplus one. */
export function oneOf<T extends string>(names: Readonly<Record<T, true>>): Schema {
  return { type: 'string', enum: Object.keys(names) }
}

/** An object with every field of T, of which only `required` ones must be there. */
export function object<T>(
  properties: { readonly [K in keyof Required<T>]: Schema },
  required: readonly (keyof T & string)[] = [],
): ObjectSchema {
  return { type: 'object', properties, required }
}

export function named(id: string, schema: Schema): NamedSchema {
  return { $id: id, ...schema }
}

function source(value: number | bigint): string {
  return typeof value === 'bigint' ? `${value}n` : String(value)
}

export const basicSchemas: readonly NamedSchema[] = [
  named('stringList', { type: 'array', items: string }),
  named('stringMap', { type: 'object', additionalProperties: string }),
]
