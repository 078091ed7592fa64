// SPDX-License-Identifier: Apache-2.0
import type { HookState, HostHookName } from '../hooks/host-hooks.ts'
import { runHooks } from '../hooks/host-hooks.ts'
import type { ValidatedHook } from '../spec/validated-spec.ts'
import type { ContainerRecord } from '../state/container-record.ts'

export function hookState(record: ContainerRecord, status: HookState['status'], pid?: number): HookState {
  const { ociVersion, id, bundle, annotations } = record
  return {
    ociVersion,
    id,
    status,
    ...(pid === undefined ? {} : { pid }),
    bundle,
    ...(annotations ? { annotations } : {}),
  }
}

/** Runs hooks of the kinds that come after `create`, as config.json had them then. */
export function runLaterHooks(kind: HostHookName & ('poststart' | 'poststop'), record: ContainerRecord): void {
  const hooks = (record.hooks as Partial<Record<string, readonly ValidatedHook[]>> | undefined)?.[kind] ?? []
  if (hooks.length === 0) return
  const state = kind === 'poststart' ? hookState(record, 'running', record.pid) : hookState(record, 'stopped')
  runHooks(kind, hooks, state)
}
