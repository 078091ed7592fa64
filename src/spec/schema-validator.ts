// SPDX-License-Identifier: Apache-2.0

/** What the compiled schema says is wrong; `instancePath` is the RFC 6901 pointer of the value. */
export type SchemaProblem = { readonly instancePath: string } & (
  | { readonly keyword: 'type'; readonly params: { readonly type: 'string' | 'boolean' | 'array' | 'object' } }
  | { readonly keyword: 'required'; readonly params: { readonly missingProperty: string } }
  | { readonly keyword: 'enum'; readonly params: { readonly allowedValues: readonly string[] } }
  | { readonly keyword: 'int'; readonly params: { readonly min: number | bigint; readonly max: number | bigint } }
)

/** A function that ajv compiled: false leaves every problem in its `errors`. */
export interface SchemaValidator {
  (value: unknown): boolean
  errors?: readonly SchemaProblem[] | null
}

/** A schema as two functions: whether a document has its shape, which is fast, and everything in which it has not. */
export interface CompiledSchema {
  readonly accepts: (value: unknown) => boolean
  readonly validate: SchemaValidator
}
