// SPDX-License-Identifier: Apache-2.0
import type { CreatedCgroup } from '../cgroups/cgroup-manager.ts'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'

/** Why a launch failed: whatever came of it that the kernel killed the process, want of memory is the cause to tell. */
export function causeOfFailure(error: unknown, cgroup: CreatedCgroup, spec: ValidatedSpec): unknown {
  if (cgroup.oomKills() === 0) return error
  const isLimited = spec.linux.resources.memory.limit !== undefined
  return new RuntimeError('INIT_OUT_OF_MEMORY', `${RUNC_PHRASES.startingProcess}${RUNC_PHRASES.initOutOfMemory}`, {
    ...(isLimited ? { pointer: '/linux/resources/memory/limit' } : {}),
    cause: error,
  })
}
