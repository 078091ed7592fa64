// SPDX-License-Identifier: Apache-2.0
import type { Process, Scheduler } from '@opencontainers/runtime-spec-types'
import type { ValidatedCapabilities, ValidatedProcess, ValidatedScheduler } from '../validated-spec.ts'
import { listOf, objectOf, withBigints, withoutEmptyText } from './fields.ts'

/** As in runc: no user is root, no capabilities are empty sets. */
export function settleProcess(process: Process): ValidatedProcess {
  const { scheduler, execCPUAffinity, ...rest } = withoutEmptyText(process, 'apparmorProfile', 'selinuxLabel')
  const user = objectOf(process.user)
  return {
    ...rest,
    terminal: process.terminal ?? false,
    user: { uid: 0, gid: 0, ...user, additionalGids: listOf(user.additionalGids) },
    args: listOf(process.args),
    env: listOf(process.env),
    cwd: process.cwd ?? '',
    capabilities: settleCapabilities(objectOf(process.capabilities)),
    noNewPrivileges: process.noNewPrivileges ?? false,
    rlimits: listOf(process.rlimits).map((rlimit) => withBigints(rlimit, 'soft', 'hard')),
    ...(scheduler === undefined ? {} : { scheduler: settleScheduler(scheduler) }),
    ...(execCPUAffinity === undefined
      ? {}
      : { execCPUAffinity: withoutEmptyText(execCPUAffinity, 'initial', 'final') }),
  }
}

function settleCapabilities(sets: Partial<ValidatedCapabilities>): ValidatedCapabilities {
  return {
    bounding: listOf(sets.bounding),
    effective: listOf(sets.effective),
    inheritable: listOf(sets.inheritable),
    permitted: listOf(sets.permitted),
    ambient: listOf(sets.ambient),
  }
}

function settleScheduler(scheduler: Scheduler): ValidatedScheduler {
  return { ...withBigints(scheduler, 'runtime', 'deadline', 'period'), flags: listOf(scheduler.flags) }
}
