// SPDX-License-Identifier: Apache-2.0
// The shapes of the OCI runtime specification 1.3 for Linux: types only. Names are the specification's own.

export type { Mount, Root, Spec } from './config.ts'
export type { Features, LinuxFeatures, SeccompFeatures } from './features.ts'
export type { Hook, HookName, Hooks } from './hooks.ts'
export type {
  Device,
  DeviceType,
  IntelRdt,
  Linux,
  MemoryPolicy,
  MemoryPolicyFlag,
  MemoryPolicyMode,
  Namespace,
  NamespaceType,
  NetDevice,
  Personality,
  PersonalityDomain,
  RootfsPropagation,
  TimeOffset,
  TimeOffsets,
} from './linux.ts'
export type {
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
} from './process.ts'
export type {
  BlockIO,
  BlockIOWeightDevice,
  Cpu,
  DeviceRule,
  HugepageLimit,
  InterfacePriority,
  Memory,
  NetworkResources,
  Pids,
  Rdma,
  Resources,
  ThrottleDevice,
} from './resources.ts'
export type {
  Seccomp,
  SeccompAction,
  SeccompArch,
  SeccompArg,
  SeccompFlag,
  SeccompOperator,
  SeccompSyscall,
} from './seccomp.ts'
export type { ContainerProcessState, State, Status } from './state.ts'
export type { IDMapping, Int64 } from './values.ts'
