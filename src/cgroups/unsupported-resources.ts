// SPDX-License-Identifier: Apache-2.0
import type { SpecIssue } from '../errors/runtime-error.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedResources } from '../spec/validated-spec.ts'
import type { CgroupMode } from './cgroup-facts.ts'

/**
 * Resources that this host's cgroup version cannot express and that are set to more than nothing. The specification
 * demands an error for them (config-linux.md, Control groups), and so none is dropped silently.
 */
export function findUnsupportedResources(resources: ValidatedResources, mode: CgroupMode): SpecIssue[] {
  const issues = mode === 'v2' ? v1OnlyResources(resources) : v2OnlyResources(resources)
  return issues.map(([field, reason]) => ({
    code: 'RESOURCE_UNSUPPORTED',
    pointer: pointer('linux', 'resources', ...field),
    message: reason,
  }))
}

type Problem = readonly [field: readonly (string | number)[], reason: string]

/** Who writes these decides who runs in the cgroup: a process that enters a frozen one stops for ever. */
const RUNTIME_FILES = new Set(
  ['procs', 'threads', 'type', 'freeze', 'kill', 'subtree_control'].map((name) => `cgroup.${name}`),
)

const NOT_IN_V2 = 'cgroup v2 has no such setting'

function v1OnlyResources({ memory, cpu, blockIO, network, unified }: ValidatedResources): Problem[] {
  const fields: readonly (readonly [section: string, field: string, isSet: boolean])[] = [
    ['memory', 'kernel', memory.kernel !== undefined],
    ['memory', 'kernelTCP', memory.kernelTCP !== undefined],
    ['memory', 'swappiness', memory.swappiness !== undefined],
    ['memory', 'disableOOMKiller', memory.disableOOMKiller],
    ['cpu', 'realtimeRuntime', cpu.realtimeRuntime !== undefined],
    ['cpu', 'realtimePeriod', cpu.realtimePeriod !== undefined],
    ['blockIO', 'leafWeight', blockIO.leafWeight !== undefined],
    ['network', 'classID', !!network.classID],
    ['network', 'priorities', network.priorities.length > 0],
  ]
  return [
    ...fields.filter(([, , isSet]) => isSet).map(([section, field]) => [[section, field], NOT_IN_V2] as const),
    ...blockIO.weightDevice.flatMap(({ leafWeight }, index) =>
      leafWeight !== undefined ? [[['blockIO', 'weightDevice', index, 'leafWeight'], NOT_IN_V2] as const] : [],
    ),
    ...swapProblems(memory),
    ...Object.keys(unified)
      .filter((file) => !/^[^/.]+\.[^/]+$/.test(file))
      .map((file) => [['unified', file], 'a file name must have the form CONTROLLER.PARAMETER'] as const),
    ...Object.keys(unified)
      .filter((file) => RUNTIME_FILES.has(file))
      .map((file) => [['unified', file], 'this file belongs to the runtime'] as const),
  ]
}

/** v2 limits swap alone: the spec's memory+swap has no meaning there without the memory limit. */
function swapProblems({ limit, swap = -1n }: ValidatedResources['memory']): Problem[] {
  if (swap < 0n) return []
  if (limit === undefined) return [[['memory', 'swap'], 'cgroup v2 needs memory.limit beside it']]
  return swap < limit ? [[['memory', 'swap'], `it includes memory.limit and must be at least ${limit}`]] : []
}

/** The v1 kernel bends shares into its range without a word. */
function v2OnlyResources({ cpu: { shares }, unified }: ValidatedResources): Problem[] {
  const problems: Problem[] = Object.keys(unified).map((file) => [
    ['unified', file],
    'this host has cgroup v1 controllers',
  ])
  if (shares === 1n) problems.push([['cpu', 'shares'], 'the minimum allowed cpu-shares is 2'])
  if (shares !== undefined && shares > 262_144n)
    problems.push([['cpu', 'shares'], 'the maximum allowed cpu-shares is 262144'])
  return problems
}
