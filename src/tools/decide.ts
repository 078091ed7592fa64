// SPDX-License-Identifier: Apache-2.0
import { resolveRootfs } from '../bundle/rootfs-path.ts'
import { resolveDeviceAccess } from '../cgroups/device-access.ts'
import { placeCgroup } from '../cgroups/place-cgroup.ts'
import { planLimits, planResources } from '../cgroups/plan-resources.ts'
import { printResourcePlan } from '../cgroups/print-resource-plan.ts'
import { findUnsupportedResources } from '../cgroups/unsupported-resources.ts'
import { firstRecord } from '../commands/first-record.ts'
import { isRuntimeError } from '../errors/runtime-error.ts'
import { hookProgram } from '../hooks/host-hooks.ts'
import { chooseNames } from '../network/device-names.ts'
import type { OpName } from '../plan/op-table.ts'
import { PlanBuilder } from '../plan/plan-builder.ts'
import { planResctrlGroup } from '../rdt/plan-resctrl-group.ts'
import { printResctrlPlan } from '../rdt/print-resctrl-plan.ts'
import { compileFilter } from '../seccomp/host-compile-filter.ts'
import { handoverOf } from '../seccomp/host-listener.ts'
import { HOOK_NAMES } from '../spec/hook-names.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'
import { compileRecorded, type RecordedFacts } from './plan-fixtures.ts'

/** One thing that runts would do for a container, as text to compare. */
export interface Decided {
  readonly text: string
  /** The file below src that decided it; asked only for what differs. */
  readonly file: () => string
  /** The verb of a step of the plan. */
  readonly op?: OpName
}

/**
 * Each step of `create` that decides something from the spec, without doing it. A step that is missing here looks as if
 * it used no field: `every-field.test.ts` fails for its fields, and the remedy is a line in this table.
 */
const DECISIONS: readonly ((spec: ValidatedSpec, host: RecordedFacts) => readonly Decided[])[] = [
  decidePlan,
  decideCgroup,
  decideResources,
  decideNetDevices,
  decideListener,
  decideIntelRdt,
  decideRecord,
  decideHooks,
  decideRootfs,
]

/** All that runts would do for this spec on this host. What it refuses to do is decided too. */
export function decide(spec: ValidatedSpec, host: RecordedFacts): Decided[] {
  return DECISIONS.flatMap((step) => {
    try {
      return step(spec, host)
    } catch (error) {
      if (!isRuntimeError(error)) throw error
      return [
        { text: `${error.code} ${error.details.pointer} ${error.message}`, file: () => sourceOf(error.stack ?? '') },
      ]
    }
  })
}

/** Only a profile that notifies has a listener to hand over. */
function decideListener({ linux: { seccomp } }: ValidatedSpec): Decided[] {
  if (!seccomp?.syscalls.some(({ action }) => action === 'SCMP_ACT_NOTIFY')) return []
  const state = { ociVersion: '1.3.0', id: 'fixture', status: 'creating', pid: 1, bundle: '/bundle' }
  return [{ text: JSON.stringify(handoverOf(seccomp, { pid: 1, state })), file: () => 'seccomp/host-listener.ts' }]
}

/** The filter of a seccomp profile: apart from the others, because libseccomp takes its time. */
export function decideFilter({ linux: { seccomp } }: ValidatedSpec): Decided[] {
  if (seccomp === undefined) return []
  const file = () => 'seccomp/host-compile-filter.ts'
  try {
    return [{ text: JSON.stringify(compileFilter(seccomp), asText), file }]
  } catch (error) {
    if (!isRuntimeError(error)) throw error
    return [{ text: error.message, file }]
  }
}

function decidePlan(spec: ValidatedSpec, host: RecordedFacts): Decided[] {
  const decided: Decided[] = []
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 4
  const append = PlanBuilder.prototype.append
  PlanBuilder.prototype.append = function (phase, op, origin) {
    const here = new Error()
    const file = () => sourceOf(here.stack ?? '')
    decided.push({ text: `${phase} ${JSON.stringify(op, asText)}`, file, op: op.op })
    append.call(this, phase, op, origin)
  }
  try {
    compileRecorded(spec, host)
  } finally {
    PlanBuilder.prototype.append = append
    Error.stackTraceLimit = stackTraceLimit
  }
  return decided
}

function decideCgroup({ linux }: ValidatedSpec, { cgroups }: RecordedFacts): Decided[] {
  const text = JSON.stringify(placeCgroup(linux.cgroupsPath, 'fixture', cgroups))
  return [{ text, file: () => 'cgroups/place-cgroup.ts' }]
}

function decideResources({ linux: { resources } }: ValidatedSpec, { cgroups }: RecordedFacts): Decided[] {
  const refused = findUnsupportedResources(resources, cgroups.mode).map(({ code, pointer }) => ({
    text: `${code} ${pointer}`,
    file: () => 'cgroups/unsupported-resources.ts',
  }))
  const version = cgroups.mode === 'v2' ? 'v2' : 'v1'
  const limits = printResourcePlan({ writes: planLimits(resources, cgroups.mode) }).split('\n')
  const access = JSON.stringify(
    [resolveDeviceAccess(resources.devices), planResources(resources, cgroups).deviceFilter],
    asText,
  )
  return [
    ...refused,
    { text: access, file: () => 'cgroups/device-access.ts' },
    ...limits.map((text) => ({ text, file: () => `cgroups/${version}/resource-writes.ts` })),
  ]
}

function decideNetDevices({ linux: { netDevices } }: ValidatedSpec): Decided[] {
  const file = () => 'network/device-names.ts'
  return chooseNames(netDevices, new Set(['lo'])).map((device) => ({ text: JSON.stringify(device), file }))
}

function decideIntelRdt({ linux: { intelRdt } }: ValidatedSpec): Decided[] {
  if (intelRdt === undefined) return []
  return [{ text: printResctrlPlan(planResctrlGroup(intelRdt, 'fixture')), file: () => 'rdt/plan-resctrl-group.ts' }]
}

const REQUEST = { id: 'fixture', bundle: '/bundle', noPivot: false, noNewKeyring: false, preserveFds: 0 }

function decideRecord(spec: ValidatedSpec, { cgroups }: RecordedFacts): Decided[] {
  const placement = placeCgroup(undefined, 'fixture', cgroups)
  const paths = { bundlePath: '/bundle', rootfsPath: '/bundle/rootfs' }
  const record = firstRecord(REQUEST, { spec, ...paths }, placement, undefined)
  const text = JSON.stringify({ ...record, created: '', creator: undefined }, asText)
  return [{ text, file: () => 'state/container-record.ts' }]
}

function decideHooks({ hooks, annotations }: ValidatedSpec): Decided[] {
  const state = { ociVersion: '1.3.0', id: 'fixture', status: 'creating', bundle: '/bundle', annotations } as const
  const ofHost = HOOK_NAMES.filter((name) => name !== 'createContainer' && name !== 'startContainer')
  return ofHost.flatMap((name) =>
    hooks[name].map((hook) => ({
      text: `${name} ${JSON.stringify(hookProgram(hook, state))}`,
      file: () => 'hooks/host-hooks.ts',
    })),
  )
}

/** There is no such bundle, and the refusal names the path that was looked for. */
function decideRootfs({ root }: ValidatedSpec): Decided[] {
  return [{ text: resolveRootfs('/nonexistent/bundle', root.path), file: () => 'bundle/rootfs-path.ts' }]
}

/** Files that throw on somebody else's behalf, or that only look on. */
const TRANSPARENT = /^(errors|tools)\//

/** The innermost file below src in a stack. */
function sourceOf(stack: string): string {
  const files = [...stack.matchAll(/\/src\/([^:\s()]+)\.[jt]s:/g)].map(([, name]) => `${name}.ts`)
  return files.find((name) => !TRANSPARENT.test(name)) ?? '?'
}

function asText(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}
