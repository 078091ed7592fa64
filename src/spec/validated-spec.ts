// SPDX-License-Identifier: Apache-2.0
// This room owns config.json: from its text to a ValidatedSpec, or to every problem in it. It never changes the host.
import type * as oci from '@opencontainers/runtime-spec-types'

/**
 * T as planners see it: nothing can be changed and 64-bit fields are bigints, except device numbers,
 * which fit a number once their range is checked.
 */
type Settled<T> = [Extract<T, bigint>] extends [never]
  ? T extends readonly (infer E)[]
    ? readonly Settled<E>[]
    : T extends object
      ? { readonly [K in keyof T]: K extends 'major' | 'minor' ? number : Settled<T[K]> }
      : T
  : bigint

/** T settled, with the fields K always present: lists and maps become empty, booleans false. */
type Filled<T, K extends keyof T> = Settled<Omit<T, K>> & Settled<Required<Pick<T, K>>>

/** T with the fields of Better instead of its own. */
type Refined<T, Better> = Omit<T, keyof Better> & Better

export type ValidatedMount = Filled<oci.Mount, 'options' | 'uidMappings' | 'gidMappings'>
export type ValidatedHook = Filled<oci.Hook, 'args' | 'env'>
export type ValidatedHooks = { readonly [K in oci.HookName]: readonly ValidatedHook[] }
export type ValidatedUser = Filled<oci.User, 'additionalGids'>
/** As in runc, no `capabilities` in config.json means five empty sets. */
export type ValidatedCapabilities = Settled<Required<oci.Capabilities>>
export type ValidatedScheduler = Filled<oci.Scheduler, 'flags'>
export type ValidatedNamespace = Settled<oci.Namespace>
export type ValidatedIDMapping = Settled<oci.IDMapping>
export type ValidatedTimeOffset = Settled<Required<oci.TimeOffset>>
export type ValidatedDevice = Settled<oci.Device>
/** `type` is a when absent; an absent `major` or `minor` stands for every number. */
export type ValidatedDeviceRule = Filled<oci.DeviceRule, 'type' | 'access'>
export type ValidatedSeccompArg = Filled<oci.SeccompArg, 'valueTwo'>
export type ValidatedSeccompSyscall = Refined<
  Settled<oci.SeccompSyscall>,
  { readonly args: readonly ValidatedSeccompArg[] }
>
export type ValidatedMemory = Filled<oci.Memory, 'disableOOMKiller' | 'useHierarchy' | 'checkBeforeUpdate'>
export type ValidatedBlockIO = Filled<
  oci.BlockIO,
  | 'weightDevice'
  | 'throttleReadBpsDevice'
  | 'throttleWriteBpsDevice'
  | 'throttleReadIOPSDevice'
  | 'throttleWriteIOPSDevice'
>
export type ValidatedNetworkResources = Filled<oci.NetworkResources, 'priorities'>

/** `flags` stays optional: an absent list asks for the runtime's default flags, an empty one for none. */
export type ValidatedSeccomp = Refined<
  Filled<oci.Seccomp, 'architectures'>,
  { readonly syscalls: readonly ValidatedSeccompSyscall[] }
>

/** Every section is present, if only as an object without fields. */
export type ValidatedResources = Refined<
  Filled<oci.Resources, 'cpu' | 'pids' | 'hugepageLimits' | 'rdma' | 'unified'>,
  {
    readonly devices: readonly ValidatedDeviceRule[]
    readonly memory: ValidatedMemory
    readonly blockIO: ValidatedBlockIO
    readonly network: ValidatedNetworkResources
  }
>

export type ValidatedIntelRdt = Settled<oci.IntelRdt>

export type ValidatedLinux = Refined<
  Filled<
    oci.Linux,
    'namespaces' | 'uidMappings' | 'gidMappings' | 'devices' | 'netDevices' | 'sysctl' | 'maskedPaths' | 'readonlyPaths'
  >,
  {
    readonly timeOffsets: { readonly monotonic?: ValidatedTimeOffset; readonly boottime?: ValidatedTimeOffset }
    readonly resources: ValidatedResources
    readonly seccomp?: ValidatedSeccomp
  }
>

export type ValidatedProcess = Refined<
  Filled<oci.Process, 'terminal' | 'env' | 'noNewPrivileges' | 'rlimits'>,
  {
    readonly user: ValidatedUser
    readonly capabilities: ValidatedCapabilities
    readonly scheduler?: ValidatedScheduler
  }
>

/** The fields of a validated config.json, before anyone vouched for them: what the rules are given. */
export type SettledSpec = Refined<
  Filled<oci.Spec, 'annotations'>,
  {
    readonly root: Settled<Required<oci.Root>>
    readonly mounts: readonly ValidatedMount[]
    readonly process?: ValidatedProcess
    readonly hooks: ValidatedHooks
    readonly linux: ValidatedLinux
  }
>

declare const validated: unique symbol

/** A config.json that passed every check; only `validateSpec` makes one. Order is kept, so pointers stay true. */
export type ValidatedSpec = SettledSpec & { readonly [validated]: true }
