// SPDX-License-Identifier: Apache-2.0
import type { NamespaceType } from '@opencontainers/runtime-spec-types'
import type { SettledSpec, ValidatedMount, ValidatedNamespace } from './validated-spec.ts'

/** The container has a namespace of this type of its own, new or joined, rather than the runtime's. */
export function hasNamespace(spec: SettledSpec, type: NamespaceType): boolean {
  return namespaceOf(spec, type) !== undefined
}

/** A namespace of this type is created for the container. */
export function createsNamespace(spec: SettledSpec, type: NamespaceType): boolean {
  const namespace = namespaceOf(spec, type)
  return namespace !== undefined && namespace.path === undefined
}

/** The container enters a namespace of this type that exists already. */
export function joinsNamespace(spec: SettledSpec, type: NamespaceType): boolean {
  return namespacePath(spec, type) !== undefined
}

/** The path of the namespace of this type to join, or undefined when it is new or shared with the host. */
export function namespacePath(spec: SettledSpec, type: NamespaceType): string | undefined {
  return namespaceOf(spec, type)?.path
}

/** The place of a namespace type in `linux.namespaces`, or -1: what a pointer to it needs. */
export function namespaceIndex(spec: SettledSpec, type: NamespaceType): number {
  return spec.linux.namespaces.findIndex((namespace) => namespace.type === type)
}

export function createsUserNamespace(spec: SettledSpec): boolean {
  return createsNamespace(spec, 'user')
}

export function hasUserNamespace(spec: SettledSpec): boolean {
  return hasNamespace(spec, 'user')
}

/** A mount is a bind exactly when an option says so; its type does not matter (config.md, Mounts). */
export function isBindMount(mount: { readonly options: readonly string[] }): boolean {
  return mount.options.includes('bind') || mount.options.includes('rbind')
}

/** The ids of a mount are mapped when mappings or an option say so (config.md, Mounts). */
export function mapsIds(mount: Pick<ValidatedMount, 'options' | 'uidMappings'>): boolean {
  return mount.uidMappings.length > 0 || mount.options.some(isIdmapOption)
}

export function isIdmapOption(option: string): boolean {
  return option === 'idmap' || option === 'ridmap'
}

function namespaceOf(spec: SettledSpec, type: NamespaceType): ValidatedNamespace | undefined {
  return spec.linux.namespaces.find((namespace) => namespace.type === type)
}
