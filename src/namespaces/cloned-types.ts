// SPDX-License-Identifier: Apache-2.0
// This room owns which namespaces a container gets and how it comes into them. It knows nothing about what is inside.
import type { NamespaceType } from '@opencontainers/runtime-spec-types'

/**
 * The types that clone(2) makes. A cgroup namespace takes the cgroup of its maker as its root, so it comes after the
 * process entered its cgroup; a time namespace takes its offsets before the first process enters.
 */
export const CLONED_TYPES = ['user', 'mount', 'pid', 'network', 'ipc', 'uts'] as const satisfies NamespaceType[]
