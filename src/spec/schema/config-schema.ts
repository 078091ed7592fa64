// SPDX-License-Identifier: Apache-2.0
import type { Hook, Hooks, IDMapping, Mount, Root, Spec } from '@opencontainers/runtime-spec-types'
import type { NamedSchema, Schema } from './nodes.ts'
import { boolean, integer, list, named, object, string, stringList, stringMap, uint32 } from './nodes.ts'

const idMappings: Schema = { $ref: 'idMappings' }
const hooks: Schema = { $ref: 'hooks' }

export const configSchemas: readonly NamedSchema[] = [
  named(
    'config',
    object<Spec>(
      {
        ociVersion: string,
        root: object<Root>({ path: string, readonly: boolean }, ['path']),
        mounts: list({ $ref: 'mount' }),
        process: { $ref: 'process' },
        hostname: string,
        domainname: string,
        hooks: object<Hooks>({
          prestart: hooks,
          createRuntime: hooks,
          createContainer: hooks,
          startContainer: hooks,
          poststart: hooks,
          poststop: hooks,
        }),
        annotations: stringMap,
        linux: { $ref: 'linux' },
      },
      ['ociVersion', 'root'],
    ),
  ),
  named(
    'mount',
    object<Mount>(
      {
        destination: string,
        source: string,
        type: string,
        options: stringList,
        uidMappings: idMappings,
        gidMappings: idMappings,
      },
      ['destination'],
    ),
  ),
  named(
    'hooks',
    list(object<Hook>({ path: string, args: stringList, env: stringList, timeout: integer(1, 2 ** 31 - 1) }, ['path'])),
  ),
  named(
    'idMappings',
    list(object<IDMapping>({ containerID: uint32, hostID: uint32, size: uint32 }, ['containerID', 'hostID', 'size'])),
  ),
]
