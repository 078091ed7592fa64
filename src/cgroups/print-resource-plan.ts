// SPDX-License-Identifier: Apache-2.0
import type { ResourcePlan, ResourceWrite } from './resource-write.ts'

/** One line a write: controller, file, value, the conditions it is under and where it comes from. */
export function printResourcePlan({ writes, deviceFilter }: ResourcePlan): string {
  const filter = deviceFilter === undefined ? [] : [`devices BPF filter of ${deviceFilter.length / 8} instructions`]
  return [...filter, ...writes.map(printWrite)].map((line) => `${line}\n`).join('')
}

function printWrite(write: ResourceWrite): string {
  const { controller, file, value, pointer, optional, otherwise, retryAfterNext, aboveUsage } = write
  const conditions = [
    ...(optional ? ['missing is fine'] : []),
    ...(otherwise ? [`or ${otherwise.file} = ${otherwise.value}`] : []),
    ...(retryAfterNext ? ['or after the next'] : []),
    ...(aboveUsage ? [`if above ${aboveUsage.file}`] : []),
  ]
  const condition = conditions.length === 0 ? '' : `  (${conditions.join(', ')})`
  return `${controller} ${file} = ${value}${condition}  ← ${pointer ?? 'default devices'}`
}
