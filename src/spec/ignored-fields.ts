// SPDX-License-Identifier: Apache-2.0

/** A field that has no effect and may have none. */
export interface IgnoredField {
  /** Pointer of the field; `*` stands for every member of a list or object. */
  readonly field: string
  /** What the specification says, and where. */
  readonly because: string
}

/** Every field that is valid, that nothing applies and that nothing reports as unsupported. A test keeps the list true. */
export const IGNORED_FIELDS: readonly IgnoredField[] = []
