// SPDX-License-Identifier: Apache-2.0
import type { Features, SeccompAction, SeccompFlag, SeccompOperator } from '@opencontainers/runtime-spec-types'
import { ACTIONS, FILTER_FLAGS, OPERATORS } from '../seccomp/seccomp-constants.ts'
import { CAPABILITY_NAMES } from '../spec/capability-names.ts'
import { MOUNT_OPTION_NAMES } from '../spec/mount-option-names.ts'
import { SPEC_VERSION, VERSION } from './version.ts'

/** What this build can do, whatever the host (features.md): JSON from the tables that the code itself uses. */
export function features(): string {
  const document: Features = {
    ociVersionMin: '1.0.0',
    ociVersionMax: SPEC_VERSION,
    hooks: ['prestart', 'createRuntime', 'poststart', 'poststop'],
    mountOptions: MOUNT_OPTION_NAMES.filter((name) => name !== 'idmap' && name !== 'ridmap'),
    annotations: { 'io.runts.version': VERSION },
    potentiallyUnsafeConfigAnnotations: [],
    linux: {
      namespaces: ['cgroup', 'ipc', 'mount', 'network', 'pid', 'time', 'user', 'uts'],
      capabilities: [...CAPABILITY_NAMES],
      cgroup: { v1: true, v2: true, systemd: false, systemdUser: false, rdma: true },
      seccomp: {
        enabled: true,
        actions: Object.keys(ACTIONS) as SeccompAction[],
        operators: Object.keys(OPERATORS) as SeccompOperator[],
        knownFlags: Object.keys(FILTER_FLAGS) as SeccompFlag[],
        supportedFlags: Object.keys(FILTER_FLAGS) as SeccompFlag[],
      },
      apparmor: { enabled: false },
      selinux: { enabled: false },
      intelRdt: { enabled: false },
      mountExtensions: { idmap: { enabled: false } },
      netDevices: { enabled: false },
    },
  }
  return `${JSON.stringify(document, null, 4)}\n`
}
