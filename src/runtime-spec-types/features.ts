// SPDX-License-Identifier: Apache-2.0
import type { HookName } from './hooks.ts'
import type { MemoryPolicyFlag, MemoryPolicyMode, NamespaceType } from './linux.ts'
import type { SeccompAction, SeccompArch, SeccompFlag, SeccompOperator } from './seccomp.ts'

/** What a runtime was built to do, whatever the host can (features.md). */
export interface Features {
  /** Lowest ociVersion accepted (features.md, Specification version). */
  ociVersionMin: string
  /** Highest ociVersion known (features.md, Specification version). */
  ociVersionMax: string
  /** Hooks that are run (features.md, Hooks). */
  hooks?: HookName[]
  /** Mount options understood, without those of file systems (features.md, Mount Options). */
  mountOptions?: string[]
  /** What the implementation says about itself (features.md, Annotations). */
  annotations?: Record<string, string>
  /** Annotations of config.json that change behaviour; a final dot means a prefix (features.md, Unsafe annotations). */
  potentiallyUnsafeConfigAnnotations?: string[]
  /** Features of Linux (features-linux.md). */
  linux?: LinuxFeatures
}

/** features-linux.md */
export interface LinuxFeatures {
  /** Namespace types (features-linux.md, Namespaces). */
  namespaces?: NamespaceType[]
  /** Names of capabilities (features-linux.md, Capabilities). */
  capabilities?: string[]
  /** Ways of using cgroups (features-linux.md, Cgroup). */
  cgroup?: { v1?: boolean; v2?: boolean; systemd?: boolean; systemdUser?: boolean; rdma?: boolean }
  /** What profiles may ask for (features-linux.md, Seccomp). */
  seccomp?: SeccompFeatures
  /** AppArmor profiles (features-linux.md, AppArmor). */
  apparmor?: { enabled?: boolean }
  /** SELinux labels (features-linux.md, SELinux). */
  selinux?: { enabled?: boolean }
  /** Intel RDT (features-linux.md, Intel RDT). */
  intelRdt?: { enabled?: boolean; schemata?: boolean; monitoring?: boolean }
  /** NUMA memory policies (features-linux.md, Memory Policy). */
  memoryPolicy?: { modes?: MemoryPolicyMode[]; flags?: MemoryPolicyFlag[] }
  /** Idmapped mounts (features-linux.md, Mount Extensions). */
  mountExtensions?: { idmap?: { enabled?: boolean } }
  /** Moving network devices into the container (features-linux.md, Network Devices). */
  netDevices?: { enabled?: boolean }
}

/** features-linux.md, Seccomp */
export interface SeccompFeatures {
  /** Profiles are supported at all (features-linux.md, Seccomp). */
  enabled?: boolean
  /** Actions (features-linux.md, Seccomp). */
  actions?: SeccompAction[]
  /** Operators (features-linux.md, Seccomp). */
  operators?: SeccompOperator[]
  /** Architectures (features-linux.md, Seccomp). */
  archs?: SeccompArch[]
  /** Flags recognised (features-linux.md, Seccomp). */
  knownFlags?: SeccompFlag[]
  /** Flags that can be applied (features-linux.md, Seccomp). */
  supportedFlags?: SeccompFlag[]
}
