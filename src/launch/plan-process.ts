// SPDX-License-Identifier: Apache-2.0
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { capabilitySets } from '../process/capability-sets.ts'
import * as exec from '../process/plan-exec.ts'
import * as identity from '../process/plan-identity.ts'
import { planProgramLabels } from '../process/plan-labels.ts'
import { planLimits } from '../process/plan-limits.ts'
import * as memory from '../process/plan-memory-policy.ts'
import * as scheduling from '../process/plan-scheduling.ts'
import { type CompiledFilter, planNotifyingFilter, planPrivilegedFilter } from '../process/plan-seccomp-filter.ts'
import type { ValidatedLinux, ValidatedProcess } from '../spec/validated-spec.ts'
import { planReady } from './plan-conversation.ts'

/** What a process becomes in its container, be it the first or a later one. */
export interface ProcessInputs {
  readonly process: ValidatedProcess
  readonly linux: Pick<ValidatedLinux, 'personality' | 'memoryPolicy'>
  /** The runtime is root: it may write to the files of the process below /proc. */
  readonly isPrivileged: boolean
  /** The process may call setgroups(2). */
  readonly setgroups: boolean
  /** Capabilities that the process can be given, as bits. */
  readonly grantable: bigint
  /** When the program's labels are written: while there is a procfs that is not the container's. */
  readonly labelPhase: 'born' | 'seal'
  readonly seccomp?: CompiledFilter
}

/** Limits, rights and directory, up to the moment at which nothing but the filter and execve(2) is left to do. */
export function planProcess(inputs: ProcessInputs, plan: PlanBuilder): void {
  const { process, linux, seccomp } = inputs
  const sets = capabilitySets(process.capabilities, inputs.grantable)
  planLimits(process, !inputs.isPrivileged, plan)
  scheduling.planScheduler(process, plan)
  scheduling.planIoPriority(process, plan)

  memory.planPersonality(linux, plan)
  memory.planMemoryPolicy(linux, plan)
  identity.planUmask(process, plan)
  identity.planStdioOwner(process, plan)
  identity.planBoundingSet(sets, plan)
  planProgramLabels(process, inputs.labelPhase, plan)
  exec.planEnterDirectory(process, plan)
  planPrivilegedFilter(process, seccomp, plan)
  identity.planNoNewPrivileges(process, plan)
  identity.planUser(process, inputs.setgroups, plan)
  exec.planEnterDirectoryAsUser(process, plan)
  identity.planCapabilities(sets, plan)
  exec.planFindExecutable(process, plan)
  planNotifyingFilter(process, seccomp, plan)
  planReady(plan)
}
