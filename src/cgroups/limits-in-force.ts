// SPDX-License-Identifier: Apache-2.0
import type { ValidatedResources } from '../spec/validated-spec.ts'

const MEMORY_FIELDS = ['limit', 'swap'] as const
const CPU_FIELDS = ['shares', 'quota', 'period', 'burst', 'idle'] as const

type Field = (typeof MEMORY_FIELDS)[number] | (typeof CPU_FIELDS)[number]

/**
 * Limits that a later update has to know, because the kernel takes them together or keeps them in another form: plain
 * JSON, integers in decimal.
 */
export type LimitsInForce = { readonly [K in Field]?: string } & { readonly checkBeforeUpdate?: true }

/** An update with everything it depends on, and the limits in force after it. */
export interface MergedLimits {
  readonly resources: ValidatedResources
  readonly inForce: LimitsInForce
}

/** What is to be remembered of the resources of a new container; undefined where there is nothing. */
export function limitsInForce({ memory, cpu }: ValidatedResources): LimitsInForce | undefined {
  const found: { [K in Field]?: string } & { checkBeforeUpdate?: true } = {}
  let isEmpty = !memory.checkBeforeUpdate
  if (!isEmpty) found.checkBeforeUpdate = true
  for (const [section, fields] of [
    [memory, MEMORY_FIELDS],
    [cpu, CPU_FIELDS],
  ] as const) {
    for (const field of fields) {
      const value = (section as { readonly [K in Field]?: bigint })[field]
      if (value === undefined) continue
      found[field] = String(value)
      isEmpty = false
    }
  }
  return isEmpty ? undefined : found
}

/**
 * What an update asks for, completed from the limits in force as runc does: a quota keeps the period and the other way
 * round, a memory limit keeps memory+swap unless it is lifted. `endsCheck`: checkBeforeUpdate is given as false.
 */
export function mergeLimits(before: LimitsInForce, asked: ValidatedResources, endsCheck = false): MergedLimits {
  const memory = mergedMemory(before, asked.memory, endsCheck)
  const cpu = mergedCpu(before, asked.cpu)
  const forgotten = { ...before }
  if (liftsSwap(asked.memory)) delete forgotten.swap
  if (endsCheck) delete forgotten.checkBeforeUpdate
  // The kernel sets the shares itself when a group becomes idle and when it ceases to be.
  if (changesIdle(before, asked.cpu) && asked.cpu.shares === undefined) delete forgotten.shares
  return { resources: { ...asked, memory, cpu }, inForce: { ...forgotten, ...limitsInForce(asked) } }
}

function mergedMemory(
  before: LimitsInForce,
  asked: ValidatedResources['memory'],
  endsCheck: boolean,
): ValidatedResources['memory'] {
  const checkBeforeUpdate = asked.checkBeforeUpdate || (!endsCheck && before.checkBeforeUpdate === true)
  if (asked.limit === undefined && asked.swap === undefined) return { ...asked, checkBeforeUpdate }
  const kept = { ...known(before, 'limit'), ...(liftsSwap(asked) ? {} : known(before, 'swap')) }
  return { ...kept, ...asked, checkBeforeUpdate }
}

function mergedCpu(before: LimitsInForce, asked: ValidatedResources['cpu']): ValidatedResources['cpu'] {
  const { shares, ...rest } = asked
  // An idle group takes no shares; a container that is created with both has them set before it becomes idle.
  const wanted = before.idle === '1' && asked.idle === 1n ? rest : asked
  const touchesBandwidth = asked.quota !== undefined || asked.period !== undefined || asked.burst !== undefined
  if (!touchesBandwidth) return wanted
  return { ...known(before, 'quota'), ...known(before, 'period'), ...known(before, 'burst'), ...wanted }
}

function liftsSwap({ limit, swap }: ValidatedResources['memory']): boolean {
  return limit === -1n && swap === undefined
}

function changesIdle(before: LimitsInForce, { idle }: ValidatedResources['cpu']): boolean {
  return idle !== undefined && idle !== BigInt(before.idle ?? 0)
}

function known<K extends Field>(before: LimitsInForce, field: K): { [P in K]?: bigint } {
  const value = before[field]
  return value === undefined ? {} : ({ [field]: BigInt(value) } as { [P in K]?: bigint })
}
