// SPDX-License-Identifier: Apache-2.0
import { encodePlan } from '../plan/encode-plan.ts'
import type { LaunchPlan } from '../plan/launch-plan.ts'
import { numbering } from '../plan/number-slots.ts'
import { OP_TABLE_HASH } from '../plan/op-table-hash.ts'
import type { Fd } from '../sys/fd.ts'
import { createSealedMemfd } from '../sys/memfd.ts'
import { posixSpawn, type SpawnOptions } from '../sys/spawn.ts'
import { socketPair } from '../sys/unix-socket.ts'
import { shimExecutable } from './shim-binary.ts'

const NAME = 'runts:init'
const PLAINLY: ShimOptions = {}
/** Without an argument the shim looks here. */
const LOWEST_CONTROL = 3

/** The started shim: its pid, to be reaped by the caller, and the runtime's end of the conversation. */
export interface Shim {
  readonly pid: number
  readonly control: Fd
}

export interface ShimOptions extends SpawnOptions {
  /** What process listings show. */
  readonly name?: string
}

/** Starts the shim with the plan in a sealed memfd and the donated descriptors in the plan's order. */
export function spawnShim(
  plan: LaunchPlan,
  donated: readonly Pick<Fd, 'number'>[],
  trace: boolean,
  options: ShimOptions = PLAINLY,
): Shim {
  const [control, theirs] = socketPair()
  const sealed = createSealedMemfd('runts:plan', encodePlan(plan, OP_TABLE_HASH, { trace }))
  const executable = shimExecutable()
  try {
    const { control: number, firstSlot } = numbering(plan)
    const mappings = [
      { source: theirs.number, target: number },
      { source: sealed.number, target: number + 1 },
      ...donated.map((fd, index) => ({ source: fd.number, target: firstSlot + index })),
    ]
    for (let fd = LOWEST_CONTROL; fd < number; fd++) mappings.push({ source: fd, target: fd })
    const { name = NAME } = options
    const argv = number === LOWEST_CONTROL ? [name] : [name, String(number)]
    const pid = posixSpawn(executable, argv, [], mappings, { ...options, resetsSignals: true })
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
