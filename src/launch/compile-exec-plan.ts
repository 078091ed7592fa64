// SPDX-License-Identifier: Apache-2.0
import type { ExecCPUAffinity } from '@opencontainers/runtime-spec-types'
import { planTerminal } from '../console/plan-console.ts'
import { type CgroupEntrance, planCgroupEntrance } from '../namespaces/plan-cgroup-entrance.ts'
import { planJoinContainer, type RunningContainer } from '../namespaces/plan-join-container.ts'
import type { LaunchPlan } from '../plan/launch-plan.ts'
import { PlanBuilder } from '../plan/plan-builder.ts'
import * as exec from '../process/plan-exec.ts'
import { planLabelledKeys } from '../process/plan-labels.ts'
import { planInheritedOomScore } from '../process/plan-limits.ts'
import { planExecCpuAffinity } from '../process/plan-scheduling.ts'
import { type CompiledFilter, planLateFilter } from '../process/plan-seccomp-filter.ts'
import { planSessionKeyring } from '../process/plan-session-keyring.ts'
import type { ValidatedLinux, ValidatedProcess } from '../spec/validated-spec.ts'
import { grantableCapabilities } from './circumstances.ts'
import type { HostFacts } from './host-facts.ts'
import { planNewSession } from './plan-conversation.ts'
import { planProcess } from './plan-process.ts'

/** All that the plan of a process which joins a running container depends on. */
export interface ExecInputs {
  /** Id of the container. */
  readonly id: string
  readonly process: ValidatedProcess
  /** Of the container's config.json. */
  readonly linux: Pick<ValidatedLinux, 'personality' | 'memoryPolicy'>
  readonly facts: HostFacts
  readonly container: RunningContainer
  readonly deniesSetgroups: boolean
  readonly noNewKeyring: boolean
  readonly cgroup: CgroupEntrance
  readonly cpuAffinity?: ExecCPUAffinity
  readonly seccomp?: CompiledFilter
  /** How many descriptors from 3 on the program gets from the runtime's caller. */
  readonly passedOn?: number
}

/** Everything that `exec` does, in the order of each phase; the one donated descriptor is the container's pidfd. */
export function compileExecPlan(inputs: ExecInputs): LaunchPlan {
  const plan = new PlanBuilder()
  const pidfd = plan.donate('pidfd of the container')
  planKeeper(inputs, plan)
  const cloneInto = planCgroupEntrance(inputs.cgroup, plan)
  planExecCpuAffinity(inputs.cpuAffinity, plan)
  planJoinContainer(inputs.container, pidfd, plan)
  plan.append('keeper', { op: 'clone_init', flags: 0n, cgroup: cloneInto }, { reason: 'the new process' })

  planRights(inputs, plan)
  exec.planAnnounceExec(plan)
  planLateFilter(inputs.process, inputs.seccomp, plan)
  exec.planExec(inputs.process, plan)
  return plan.build(inputs.passedOn)
}

/** What has to be had from the host before the keeper leaves it. */
function planKeeper({ process, facts, container }: ExecInputs, plan: PlanBuilder): void {
  const { oomScoreAdj, apparmorProfile, selinuxLabel } = process
  const isPrivileged = facts.euid === 0
  if (!isPrivileged) planInheritedOomScore(process, plan)
  const setsOomScore = oomScoreAdj !== undefined && isPrivileged
  const oversees = process.rlimits.length > 0 || process.scheduler || process.ioPriority || setsOomScore
  const isMapped = container.foreign.includes('user')
  if (oversees && isMapped)
    plan.append('keeper', { op: 'leave_overseer' }, { reason: 'limits need rights on the host' })
  if ((setsOomScore && !isMapped) || apparmorProfile !== undefined || selinuxLabel !== undefined) {
    plan.append('keeper', { op: 'hold_proc' }, { reason: 'the /proc of the container may be anything' })
  }
}

function planRights(inputs: ExecInputs, plan: PlanBuilder): void {
  const { process, facts, container } = inputs
  const isMapped = container.foreign.includes('user')
  const setgroups = !facts.deniesSetgroups && !inputs.deniesSetgroups
  const become = { op: 'become_root', setgroups } as const
  if (isMapped) plan.append('born', become, { reason: 'the user namespace of the container' })
  planNewSession(plan)
  if (!inputs.noNewKeyring) planLabelledKeys(process, plan, () => planSessionKeyring(isMapped, inputs.id, plan))
  planTerminal(process, 'alone', plan)
  exec.planFindHome(process, plan)
  const rights = {
    isPrivileged: facts.euid === 0,
    setgroups,
    grantable: grantableCapabilities(isMapped, facts),
    labelPhase: 'born',
  } as const
  planProcess({ process, linux: inputs.linux, ...rights, ...(inputs.seccomp && { seccomp: inputs.seccomp }) }, plan)
}
