// SPDX-License-Identifier: Apache-2.0
import type { NamespaceType } from '@opencontainers/runtime-spec-types'

/** Names below /proc/PID/ns (namespaces(7)), in the order of nsenter(1). */
export const NAMESPACE_FILES: readonly (readonly [NamespaceType, string])[] = [
  ['user', 'user'],
  ['cgroup', 'cgroup'],
  ['ipc', 'ipc'],
  ['uts', 'uts'],
  ['network', 'net'],
  ['pid', 'pid'],
  ['mount', 'mnt'],
  ['time', 'time'],
]
