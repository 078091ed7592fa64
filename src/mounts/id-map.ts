// SPDX-License-Identifier: Apache-2.0
import type { Origin } from '../plan/launch-plan.ts'
import { pointer } from '../spec/json-pointer.ts'
import { namespaceIndex, namespacePath } from '../spec/queries.ts'
import type { ValidatedIDMapping, ValidatedMount, ValidatedSpec } from '../spec/validated-spec.ts'

/** Where the mapping of a mount comes from: a user namespace that exists, or ranges for one to be made. */
export type IdMap = { readonly origin: Origin } & (
  | { readonly path: string }
  | { readonly path?: undefined; readonly uidMap: string; readonly gidMap: string }
)

/**
 * The mapping of a mount that has one: its own, else that of the container's user namespace (config.md, Mounts). In
 * a range `containerID` is what the filesystem stores and `hostID` what the runtime's user namespace sees.
 */
export function idMapOf(spec: ValidatedSpec, mount: ValidatedMount, index: number): IdMap {
  if (mount.uidMappings.length > 0) return ranges(mount, pointer('mounts', index, 'uidMappings'))
  const path = namespacePath(spec, 'user')
  if (path === undefined) return ranges(spec.linux, pointer('linux', 'uidMappings'))
  return { path, origin: { pointer: pointer('linux', 'namespaces', namespaceIndex(spec, 'user'), 'path') } }
}

function ranges({ uidMappings, gidMappings }: Pick<ValidatedMount, 'uidMappings' | 'gidMappings'>, at: string): IdMap {
  return { uidMap: mapText(uidMappings), gidMap: mapText(gidMappings), origin: { pointer: at } }
}

/** The content of uid_map or gid_map (user_namespaces(7)). */
function mapText(mappings: readonly ValidatedIDMapping[]): string {
  return mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`).join('')
}
