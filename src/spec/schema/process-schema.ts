// SPDX-License-Identifier: Apache-2.0
import type {
  Capabilities,
  ConsoleSize,
  ExecCPUAffinity,
  IOPriority,
  IOPriorityClass,
  Process,
  Rlimit,
  RlimitType,
  Scheduler,
  SchedulerFlag,
  SchedulerPolicy,
  User,
} from '@opencontainers/runtime-spec-types'
import type { NamedSchema } from './nodes.ts'
import {
  boolean,
  int32,
  integer,
  list,
  named,
  object,
  oneOf,
  string,
  stringList,
  uint32,
  uint64,
  userOrGroupId,
} from './nodes.ts'

const RLIMIT_TYPES = {
  RLIMIT_AS: true,
  RLIMIT_CORE: true,
  RLIMIT_CPU: true,
  RLIMIT_DATA: true,
  RLIMIT_FSIZE: true,
  RLIMIT_LOCKS: true,
  RLIMIT_MEMLOCK: true,
  RLIMIT_MSGQUEUE: true,
  RLIMIT_NICE: true,
  RLIMIT_NOFILE: true,
  RLIMIT_NPROC: true,
  RLIMIT_RSS: true,
  RLIMIT_RTPRIO: true,
  RLIMIT_RTTIME: true,
  RLIMIT_SIGPENDING: true,
  RLIMIT_STACK: true,
} as const

const SCHEDULER_POLICIES = {
  SCHED_OTHER: true,
  SCHED_FIFO: true,
  SCHED_RR: true,
  SCHED_BATCH: true,
  SCHED_ISO: true,
  SCHED_IDLE: true,
  SCHED_DEADLINE: true,
} as const

const SCHEDULER_FLAGS = {
  SCHED_FLAG_RESET_ON_FORK: true,
  SCHED_FLAG_RECLAIM: true,
  SCHED_FLAG_DL_OVERRUN: true,
  SCHED_FLAG_KEEP_POLICY: true,
  SCHED_FLAG_KEEP_PARAMS: true,
  SCHED_FLAG_UTIL_CLAMP_MIN: true,
  SCHED_FLAG_UTIL_CLAMP_MAX: true,
} as const

/** `args` and `cwd` are not required here: the rules ask for them in the words that callers of runc know. */
export const processSchemas: readonly NamedSchema[] = [
  named(
    'process',
    object<Process>({
      terminal: boolean,
      consoleSize: object<ConsoleSize>({ height: integer(0, 65535), width: integer(0, 65535) }, ['height', 'width']),
      user: object<User>({
        uid: userOrGroupId,
        gid: userOrGroupId,
        umask: uint32,
        additionalGids: list(userOrGroupId),
      }),
      args: stringList,
      env: stringList,
      cwd: string,
      capabilities: object<Capabilities>({
        bounding: stringList,
        effective: stringList,
        inheritable: stringList,
        permitted: stringList,
        ambient: stringList,
      }),
      noNewPrivileges: boolean,
      apparmorProfile: string,
      selinuxLabel: string,
      oomScoreAdj: integer(-1000, 1000),
      rlimits: list(
        object<Rlimit>({ type: oneOf<RlimitType>(RLIMIT_TYPES), soft: uint64, hard: uint64 }, ['type', 'soft', 'hard']),
      ),
      scheduler: object<Scheduler>(
        {
          policy: oneOf<SchedulerPolicy>(SCHEDULER_POLICIES),
          nice: int32,
          priority: int32,
          flags: list(oneOf<SchedulerFlag>(SCHEDULER_FLAGS)),
          runtime: uint64,
          deadline: uint64,
          period: uint64,
        },
        ['policy'],
      ),
      ioPriority: object<IOPriority>(
        {
          class: oneOf<IOPriorityClass>({ IOPRIO_CLASS_RT: true, IOPRIO_CLASS_BE: true, IOPRIO_CLASS_IDLE: true }),
          priority: integer(0, 7),
        },
        ['class'],
      ),
      execCPUAffinity: object<ExecCPUAffinity>({ initial: string, final: string }),
    }),
  ),
]
