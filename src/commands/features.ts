// SPDX-License-Identifier: Apache-2.0
import type {
  Features,
  LinuxFeatures,
  MemoryPolicyFlag,
  MemoryPolicyMode,
  SeccompFeatures,
} from '@opencontainers/runtime-spec-types'
import { CGROUP_SUPPORT } from '../cgroups/cgroup-support.ts'
import { CLONE_FLAGS } from '../plan/kernel-flags.ts'
import { ACTIONS, ARCHITECTURES, FILTER_FLAGS, OPERATORS } from '../seccomp/seccomp-constants.ts'
import { ACTING_ANNOTATIONS } from '../spec/acting-annotations.ts'
import { CAPABILITY_NAMES } from '../spec/capability-names.ts'
import { HOOK_NAMES } from '../spec/hook-names.ts'
import { MOUNT_OPTION_NAMES } from '../spec/mount-option-names.ts'
import { MEMORY_POLICY_FLAGS, MEMORY_POLICY_MODES } from '../spec/schema/linux-schema.ts'
import { SECCOMP_FLAGS } from '../spec/schema/seccomp-schema.ts'
import { isApplied } from '../spec/unsupported-fields.ts'
import { SPEC_VERSION, VERSION } from './version.ts'

/** What this build can do, whatever the host (features.md): JSON from the tables that the code itself uses. */
export function features(): string {
  return `${JSON.stringify(featuresDocument(), null, 4)}\n`
}

function featuresDocument(): Features {
  return {
    ociVersionMin: '1.0.0',
    ociVersionMax: SPEC_VERSION,
    hooks: HOOK_NAMES.filter((name) => isApplied(`/hooks/${name}`)),
    mountOptions: [...MOUNT_OPTION_NAMES],
    linux: linuxFeatures(),
    annotations: { 'io.runts.version': VERSION },
    potentiallyUnsafeConfigAnnotations: [...ACTING_ANNOTATIONS],
  }
}

function linuxFeatures(): LinuxFeatures {
  return {
    namespaces: namesOf(CLONE_FLAGS),
    capabilities: [...CAPABILITY_NAMES],
    cgroup: CGROUP_SUPPORT,
    seccomp: seccompFeatures(),
    apparmor: { enabled: isApplied('/process/apparmorProfile') },
    selinux: { enabled: isApplied('/process/selinuxLabel') && isApplied('/linux/mountLabel') },
    intelRdt: {
      enabled: isApplied('/linux/intelRdt'),
      schemata: isApplied('/linux/intelRdt/schemata'),
      monitoring: isApplied('/linux/intelRdt/enableMonitoring'),
    },
    ...(isApplied('/linux/memoryPolicy') ? { memoryPolicy: memoryPolicyFeatures() } : {}),
    mountExtensions: { idmap: { enabled: isApplied('/mounts/*/uidMappings') } },
    netDevices: { enabled: isApplied('/linux/netDevices') },
  }
}

function seccompFeatures(): SeccompFeatures {
  return {
    enabled: isApplied('/linux/seccomp'),
    actions: namesOf(ACTIONS),
    operators: namesOf(OPERATORS),
    archs: namesOf(ARCHITECTURES),
    knownFlags: namesOf(SECCOMP_FLAGS),
    supportedFlags: namesOf(FILTER_FLAGS),
  }
}

function memoryPolicyFeatures(): { modes: MemoryPolicyMode[]; flags: MemoryPolicyFlag[] } {
  return { modes: namesOf(MEMORY_POLICY_MODES), flags: namesOf(MEMORY_POLICY_FLAGS) }
}

/** Sorted, as runc prints its lists. */
function namesOf<T extends string>(table: Readonly<Record<T, unknown>>): T[] {
  return (Object.keys(table) as T[]).sort()
}
