// SPDX-License-Identifier: Apache-2.0
import { encodePlan } from '../plan/encode-plan.ts'
import type { LaunchPlan } from '../plan/launch-plan.ts'
import { FIRST_SLOT } from '../plan/number-slots.ts'
import { OP_TABLE_HASH } from '../plan/op-table-hash.ts'
import type { Fd } from '../sys/fd.ts'
import { createSealedMemfd } from '../sys/memfd.ts'
import { posixSpawn } from '../sys/spawn.ts'
import { socketPair } from '../sys/unix-socket.ts'
import { shimExecutable } from './shim-binary.ts'

/** The started shim: its pid, to be reaped by the caller, and the runtime's end of the conversation. */
export interface Shim {
  readonly pid: number
  readonly control: Fd
}

/** Starts the shim with the plan in a sealed memfd and the donated descriptors in the plan's order. */
export function spawnShim(plan: LaunchPlan, donated: readonly Fd[], trace: boolean): Shim {
  const [control, theirs] = socketPair()
  const sealed = createSealedMemfd('runts:plan', encodePlan(plan, OP_TABLE_HASH, { trace }))
  const executable = shimExecutable()
  try {
    const mappings = [
      { source: theirs.number, target: 3 },
      { source: sealed.number, target: 4 },
      ...donated.map((fd, index) => ({ source: fd.number, target: FIRST_SLOT + index })),
    ]
    const pid = posixSpawn(executable, ['runts:init'], [], mappings)
    return { pid, control }
  } catch (error) {
    control.close()
    throw error
  } finally {
    theirs.close()
    sealed.close()
    executable.close()
  }
}
