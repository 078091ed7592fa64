// SPDX-License-Identifier: Apache-2.0
import type { Int64 } from './values.ts'

/** config.md, Process */
export interface Process {
  /** Give the process a pseudo terminal as its standard streams; default false (config.md, Process). */
  terminal?: boolean
  /** Initial size of that terminal, ignored without one (config.md, Process). */
  consoleSize?: ConsoleSize
  /** Who the process runs as, in ids of the container (config.md, User). */
  user: User
  /** argv with at least one entry; the program is searched in the container's PATH (config.md, Process). */
  args: string[]
  /** The environment as NAME=value (config.md, Process). */
  env?: string[]
  /** Working directory, an absolute path in the container (config.md, Process). */
  cwd: string
  /** The five capability sets (config.md, Linux Process). */
  capabilities?: Capabilities
  /** The process and its children can gain no privileges by execve (config.md, Linux Process). */
  noNewPrivileges?: boolean
  /** AppArmor profile of the process (config.md, Linux Process). */
  apparmorProfile?: string
  /** SELinux label of the process (config.md, Linux Process). */
  selinuxLabel?: string
  /** Value of /proc/self/oom_score_adj, -1000 to 1000; absent means untouched (config.md, Linux Process). */
  oomScoreAdj?: number
  /** Resource limits, each type at most once (config.md, POSIX process). */
  rlimits?: Rlimit[]
  /** Scheduling policy and parameters of sched_setattr(2) (config.md, Linux Process). */
  scheduler?: Scheduler
  /** I/O priority of ioprio_set(2) (config.md, Linux Process). */
  ioPriority?: IOPriority
  /** CPUs for processes that `exec` adds (config.md, Linux Process). */
  execCPUAffinity?: ExecCPUAffinity
}

/** config.md, Process */
export interface ConsoleSize {
  /** Rows (config.md, Process). */
  height: number
  /** Columns (config.md, Process). */
  width: number
}

/** config.md, POSIX-platform User */
export interface User {
  /** User id in the container (config.md, POSIX-platform User). */
  uid: number
  /** Group id in the container (config.md, POSIX-platform User). */
  gid: number
  /** File mode creation mask; absent means untouched (config.md, POSIX-platform User). */
  umask?: number
  /** Supplementary group ids in the container (config.md, POSIX-platform User). */
  additionalGids?: number[]
}

/** Names such as CAP_CHOWN in each set: config.md, Linux Process */
export interface Capabilities {
  /** Capabilities that may ever be gained (config.md, Linux Process). */
  bounding?: string[]
  /** Capabilities the kernel checks (config.md, Linux Process). */
  effective?: string[]
  /** Capabilities kept across execve of files that inherit them (config.md, Linux Process). */
  inheritable?: string[]
  /** Capabilities that may be made effective (config.md, Linux Process). */
  permitted?: string[]
  /** Capabilities kept across execve of unprivileged programs (config.md, Linux Process). */
  ambient?: string[]
}

export type RlimitType =
  | 'RLIMIT_AS'
  | 'RLIMIT_CORE'
  | 'RLIMIT_CPU'
  | 'RLIMIT_DATA'
  | 'RLIMIT_FSIZE'
  | 'RLIMIT_LOCKS'
  | 'RLIMIT_MEMLOCK'
  | 'RLIMIT_MSGQUEUE'
  | 'RLIMIT_NICE'
  | 'RLIMIT_NOFILE'
  | 'RLIMIT_NPROC'
  | 'RLIMIT_RSS'
  | 'RLIMIT_RTPRIO'
  | 'RLIMIT_RTTIME'
  | 'RLIMIT_SIGPENDING'
  | 'RLIMIT_STACK'

/** config.md, POSIX process */
export interface Rlimit {
  /** Which limit of getrlimit(2) (config.md, POSIX process). */
  type: RlimitType
  /** The limit the kernel enforces (config.md, POSIX process). */
  soft: Int64
  /** The ceiling for the soft limit (config.md, POSIX process). */
  hard: Int64
}

export type SchedulerPolicy =
  | 'SCHED_OTHER'
  | 'SCHED_FIFO'
  | 'SCHED_RR'
  | 'SCHED_BATCH'
  | 'SCHED_ISO'
  | 'SCHED_IDLE'
  | 'SCHED_DEADLINE'

export type SchedulerFlag =
  | 'SCHED_FLAG_RESET_ON_FORK'
  | 'SCHED_FLAG_RECLAIM'
  | 'SCHED_FLAG_DL_OVERRUN'
  | 'SCHED_FLAG_KEEP_POLICY'
  | 'SCHED_FLAG_KEEP_PARAMS'
  | 'SCHED_FLAG_UTIL_CLAMP_MIN'
  | 'SCHED_FLAG_UTIL_CLAMP_MAX'

/** config.md, Linux Process */
export interface Scheduler {
  /** Scheduling policy (config.md, Linux Process). */
  policy: SchedulerPolicy
  /** Nice value for SCHED_OTHER and SCHED_BATCH, -20 to 19 (config.md, Linux Process). */
  nice?: number
  /** Static priority for SCHED_FIFO and SCHED_RR (config.md, Linux Process). */
  priority?: number
  /** Flags of sched_setattr(2) (config.md, Linux Process). */
  flags?: SchedulerFlag[]
  /** Nanoseconds of CPU time a period for SCHED_DEADLINE (config.md, Linux Process). */
  runtime?: Int64
  /** Nanoseconds until the deadline for SCHED_DEADLINE (config.md, Linux Process). */
  deadline?: Int64
  /** Nanoseconds of a period for SCHED_DEADLINE (config.md, Linux Process). */
  period?: Int64
}

export type IOPriorityClass = 'IOPRIO_CLASS_RT' | 'IOPRIO_CLASS_BE' | 'IOPRIO_CLASS_IDLE'

/** config.md, Linux Process */
export interface IOPriority {
  /** Scheduling class of ioprio_set(2) (config.md, Linux Process). */
  class: IOPriorityClass
  /** 0, the highest, to 7 (config.md, Linux Process). */
  priority?: number
}

/** CPU lists such as `0-3,7`: config.md, Linux Process */
export interface ExecCPUAffinity {
  /** CPUs the runtime uses before the process enters the container's cgroup (config.md, Linux Process). */
  initial?: string
  /** CPUs of the process once it is in the container's cgroup (config.md, Linux Process). */
  final?: string
}
