// SPDX-License-Identifier: Apache-2.0
import { configSchemas } from './config-schema.ts'
import { linuxSchemas } from './linux-schema.ts'
import type { NamedSchema } from './nodes.ts'
import { basicSchemas } from './nodes.ts'
import { processSchemas } from './process-schema.ts'
import { resourcesSchemas } from './resources-schema.ts'
import { seccompSchemas } from './seccomp-schema.ts'

export const allSchemas: readonly NamedSchema[] = [
  ...basicSchemas,
  ...configSchemas,
  ...processSchemas,
  ...linuxSchemas,
  ...resourcesSchemas,
  ...seccompSchemas,
]

/** The documents that are validated, by the name of the generated function: `exec` and `update` take parts alone. */
export const ENTRY_POINTS = {
  validateConfig: 'config',
  validateProcessDocument: 'process',
  validateResourcesDocument: 'resources',
}
