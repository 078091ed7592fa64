// SPDX-License-Identifier: Apache-2.0
import type { NamespaceType } from '@opencontainers/runtime-spec-types'
import { noSlot, type Slot } from '../plan/op.ts'

/** The fields of join_namespaces when there is nothing to join. */
export const NO_NAMESPACES: Readonly<Record<NamespaceType, Slot>> = {
  user: noSlot,
  mount: noSlot,
  pid: noSlot,
  network: noSlot,
  ipc: noSlot,
  uts: noSlot,
  cgroup: noSlot,
  time: noSlot,
}
