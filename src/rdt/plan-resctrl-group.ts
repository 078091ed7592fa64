// SPDX-License-Identifier: Apache-2.0
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedIntelRdt } from '../spec/validated-spec.ts'
import type { ResctrlPlan, SchemataWrite } from './resctrl-plan.ts'

/** config-linux.md, IntelRdt, for a container of this id. */
export function planResctrlGroup(rdt: ValidatedIntelRdt, id: string): ResctrlPlan {
  const { closID, enableMonitoring = false } = rdt
  const writes = schemataWrites(rdt)
  const group = closID === '/' ? '' : (closID ?? id)
  const how = closID === undefined ? 'create' : writes.length > 0 ? 'share' : 'use'
  return { group, how, writes, ...(enableMonitoring ? { monitor: `${group && `${group}/`}mon_groups/${id}` } : {}) }
}

/** The cache and bandwidth lines go into one write, the other lines into one after it. */
function schemataWrites({ l3CacheSchema, memBwSchema, schemata = [] }: ValidatedIntelRdt): SchemataWrite[] {
  const first = [l3CacheSchema, memBwSchema].filter((line) => line !== undefined)
  const field = l3CacheSchema === undefined ? 'memBwSchema' : 'l3CacheSchema'
  return [
    ...(first.length > 0 ? [{ value: text(first), pointer: pointer('linux', 'intelRdt', field) }] : []),
    ...(schemata.length > 0 ? [{ value: text(schemata), pointer: pointer('linux', 'intelRdt', 'schemata') }] : []),
  ]
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
