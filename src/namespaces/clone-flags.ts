// SPDX-License-Identifier: Apache-2.0
// This room owns which namespaces a container gets and how it comes into them. It knows nothing about what is inside.
import type { NamespaceType } from '@opencontainers/runtime-spec-types'

/** CLONE_NEW* of linux/sched.h. */
export const CLONE_FLAGS: Readonly<Record<NamespaceType, number>> = {
  time: 0x80,
  mount: 0x20000,
  cgroup: 0x2000000,
  uts: 0x4000000,
  ipc: 0x8000000,
  user: 0x10000000,
  pid: 0x20000000,
  network: 0x40000000,
}

/**
 * The types that clone(2) makes. A cgroup namespace takes the cgroup of its maker as its root, so it comes after the
 * process entered its cgroup; a time namespace takes its offsets before the first process enters.
 */
export const CLONED_TYPES = ['user', 'mount', 'pid', 'network', 'ipc', 'uts'] as const satisfies NamespaceType[]
