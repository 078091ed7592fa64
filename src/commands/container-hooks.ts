// SPDX-License-Identifier: Apache-2.0
import type { HookState } from '../hooks/hook-state.ts'
import { runEachHook, runHooks } from '../hooks/host-hooks.ts'
import type { Logger } from '../log/logger.ts'
import { SPEC_VERSION } from '../spec/spec-version.ts'
import type { ValidatedHook } from '../spec/validated-spec.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { noteHostHook } from '../state/host-hook.ts'

export function hookState(record: ContainerRecord, status: HookState['status'], pid?: number): HookState {
  const { id, bundle, annotations = {} } = record
  return {
    ociVersion: SPEC_VERSION,
    id,
    status,
    ...(pid === undefined ? {} : { pid }),
    bundle,
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
  }
}

/** Throws HOOK_FAILED: since 1.3.0 a failing hook ends the container (runtime.md, Lifecycle step 9). */
export function runPoststartHooks(record: ContainerRecord, directory: string): void {
  const hooks = laterHooks(record, 'poststart')
  if (hooks.length === 0) return
  runHooks('poststart', hooks, hookState(record, 'running', record.pid), (pid) => noteHostHook(directory, pid))
}

/** The container is gone whatever these say, and each has its turn (runtime.md, Lifecycle step 13). */
export function runPoststopHooks(record: ContainerRecord, log: Logger): void {
  const hooks = laterHooks(record, 'poststop')
  if (hooks.length > 0) {
    runEachHook('poststop', hooks, hookState(record, 'stopped'), (error) => log.warn(error.message))
  }
}

/** As config.json had them when the container was created. */
function laterHooks(record: ContainerRecord, kind: 'poststart' | 'poststop'): readonly ValidatedHook[] {
  return (record.hooks as Partial<Record<string, readonly ValidatedHook[]>> | undefined)?.[kind] ?? []
}
