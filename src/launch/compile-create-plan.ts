// SPDX-License-Identifier: Apache-2.0
// This room turns a validated spec into a plan and lets the shim carry it out.
import { planTerminal } from '../console/plan-console.ts'
import { planDevices } from '../devices/plan-devices.ts'
import * as hooks from '../hooks/plan-container-hooks.ts'
import { readMounts } from '../mounts/mount-request.ts'
import { planMaskedPaths, planReadonlyPaths } from '../mounts/plan-masked-paths.ts'
import { planMounts, planReadonlyMounts } from '../mounts/plan-mounts.ts'
import * as rootfs from '../mounts/plan-rootfs.ts'
import { planCgroupEntrance } from '../namespaces/plan-cgroup-entrance.ts'
import { planHostname } from '../namespaces/plan-hostname.ts'
import { planIdMappings } from '../namespaces/plan-id-mappings.ts'
import * as namespaces from '../namespaces/plan-namespaces.ts'
import { planNetDevices } from '../network/plan-net-devices.ts'
import type { LaunchPlan } from '../plan/launch-plan.ts'
import { PlanBuilder } from '../plan/plan-builder.ts'
import * as exec from '../process/plan-exec.ts'
import { planLabelledKeys } from '../process/plan-labels.ts'
import { planInheritedOomScore } from '../process/plan-limits.ts'
import * as scheduling from '../process/plan-scheduling.ts'
import { planLateFilter } from '../process/plan-seccomp-filter.ts'
import { planSessionKeyring } from '../process/plan-session-keyring.ts'
import { hasUserNamespace } from '../spec/queries.ts'
import type { ValidatedProcess } from '../spec/validated-spec.ts'
import { planSysctl } from '../sysctl/plan-sysctl.ts'
import { type Circumstances, circumstancesOf } from './circumstances.ts'
import type { CreateInputs } from './create-inputs.ts'
import { planAwaitStart, planNewSession, planReady, planRuntimeHooks } from './plan-conversation.ts'
import { planProcess } from './plan-process.ts'

/** Everything that `create` and `run` do to make a container, in the order of each phase. Throws SPEC_INVALID or BUG. */
export function compileCreatePlan(inputs: CreateInputs): LaunchPlan {
  const plan = new PlanBuilder()
  const circumstances = circumstancesOf(inputs)
  const { spec } = inputs
  planContainer(inputs, circumstances, plan)
  if (spec.process) planFirstProcess(spec.process, inputs, circumstances, plan)
  else planNoProcess(inputs, plan)
  return plan.build(inputs.passedOn)
}

function planContainer(inputs: CreateInputs, circumstances: Circumstances, plan: PlanBuilder): void {
  const { spec, cgroup } = inputs
  const { setgroups, opensSources, mapRights } = circumstances
  const { euid } = inputs.facts

  if (spec.process && euid !== 0) planInheritedOomScore(spec.process, plan)
  const cloneInto = planCgroupEntrance(cgroup, plan)
  namespaces.planTimeNamespace(spec, plan)
  namespaces.planDumpableUntilMapped(spec, euid, plan)
  // Without opened sources the groups of the user may be what gives access to them, until all are mounted.
  namespaces.planBecomeRoot(spec, setgroups && opensSources, plan)
  namespaces.planCgroupNamespace(spec, plan)
  planNewSession(plan)
  if (!inputs.noNewKeyring) {
    planLabelledKeys(spec.process, plan, () => planSessionKeyring(hasUserNamespace(spec), inputs.id, plan))
  }
  namespaces.planLoopback(spec, plan)

  rootfs.planHostPropagation(spec, plan)
  rootfs.planBindRootfs(spec, circumstances, plan)
  const mounts = readMounts(spec)
  planMounts(mounts, circumstances, plan)
  planDevices(spec, circumstances, plan)
  planRuntimeHooks(spec, plan)
  hooks.planCreateContainerHooks(spec, inputs, plan)
  rootfs.planEnterRootfs(spec, inputs.noPivot, plan)
  if (spec.process) planTerminal(spec.process, 'with console', plan)

  if (spec.process) exec.planWorkingDirectory(spec.process, plan)
  if (spec.process) exec.planFindHome(spec.process, plan)
  planReadonlyMounts(mounts, plan)
  rootfs.planReadonlyRoot(spec, plan)
  planHostname(spec, plan)
  planSysctl(spec, plan)
  planReadonlyPaths(spec, plan)
  planMaskedPaths(spec, plan)
  // Last: an unbindable root could not be bound over its own read-only paths.
  rootfs.planRootPropagation(spec, plan)

  namespaces.planJoinedNamespaces(spec, plan)
  namespaces.planCloneInit(spec, cloneInto, plan)
  planIdMappings(spec, mapRights, plan)
  planNetDevices(spec, plan)
}

function planFirstProcess(
  process: ValidatedProcess,
  inputs: CreateInputs,
  { grantable, setgroups }: Circumstances,
  plan: PlanBuilder,
): void {
  scheduling.planCpuAffinity(plan)
  const { facts, seccomp, spec } = inputs
  const rights = { isPrivileged: facts.euid === 0, setgroups, grantable }
  planProcess({ process, linux: spec.linux, ...rights, labelPhase: 'seal', ...(seccomp && { seccomp }) }, plan)

  if (inputs.gate) planAwaitStart(plan)
  const hooked = spec.hooks.startContainer.length > 0
  if (!hooked) exec.planAnnounceExec(plan)
  planLateFilter(process, seccomp, plan)
  hooks.planStartContainerHooks(spec, inputs, plan)
  if (hooked) exec.planAnnounceExec(plan)
  exec.planExec(process, plan)
}

/** A container may be created without a process; it is `start` that has to fail then (runtime.md, Start). */
function planNoProcess({ gate }: CreateInputs, plan: PlanBuilder): void {
  planReady(plan)
  if (gate) planAwaitStart(plan)
}
