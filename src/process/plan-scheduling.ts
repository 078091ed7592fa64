// SPDX-License-Identifier: Apache-2.0
import type { ExecCPUAffinity } from '@opencontainers/runtime-spec-types'
import { IO_PRIORITY_CLASSES, SCHEDULER_FLAGS, SCHEDULER_POLICIES } from '../plan/kernel-flags.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { expandCpuList } from '../spec/cpu-list.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedProcess } from '../spec/validated-spec.ts'

/**
 * The container gets the CPUs of its cgroup, whatever the runtime itself was confined to, as since runc 1.2.7.
 * `execCPUAffinity` is not for the container's first process (config.md, Linux Process).
 */
export function planCpuAffinity(plan: PlanBuilder): void {
  plan.append('born', { op: 'reset_cpu_affinity', tolerate: true }, { reason: 'every CPU of the cgroup' })
}

/**
 * CPUs of a process that joins a container (config.md, `execCPUAffinity`): those it is made on, then those it runs on.
 * Without any it gets all of its cgroup's, whatever the runtime was confined to.
 */
export function planExecCpuAffinity(affinity: ExecCPUAffinity | undefined, plan: PlanBuilder): void {
  const { initial, final } = affinity ?? {}
  const origin = (field: string) => ({ pointer: pointer('process', 'execCPUAffinity', field) })
  if (initial) plan.append('keeper', { op: 'set_cpu_affinity', cpus: expandCpuList(initial) }, origin('initial'))
  if (final) plan.append('born', { op: 'set_cpu_affinity', cpus: expandCpuList(final) }, origin('final'))
  if (!initial && !final) planCpuAffinity(plan)
}

/** Set from outside: realtime policies need the host's CAP_SYS_NICE, which no user namespace gives. */
export function planScheduler({ scheduler }: ValidatedProcess, plan: PlanBuilder): void {
  if (scheduler === undefined) return
  const { policy, nice = 0, priority = 0, runtime = 0n, deadline = 0n, period = 0n } = scheduler
  const flags = scheduler.flags.reduce((bits, flag) => bits | BigInt(SCHEDULER_FLAGS[flag]), 0n)
  const numbers = { nice, priority, flags, runtime, deadline, period }
  const step = { op: 'set_scheduler', policy: SCHEDULER_POLICIES[policy], ...numbers } as const
  plan.append('oversee', step, { pointer: pointer('process', 'scheduler') })
}

export function planIoPriority({ ioPriority }: ValidatedProcess, plan: PlanBuilder): void {
  if (ioPriority === undefined) return
  const step = {
    op: 'set_io_priority',
    class: IO_PRIORITY_CLASSES[ioPriority.class],
    priority: ioPriority.priority ?? 0,
  } as const
  plan.append('oversee', step, { pointer: pointer('process', 'ioPriority') })
}
