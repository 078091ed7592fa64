// SPDX-License-Identifier: Apache-2.0
import type {
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
} from '@opencontainers/runtime-spec-types'
import type { NamedSchema, Schema } from './nodes.ts'
import {
  boolean,
  int64,
  integer,
  list,
  majorNumber,
  mapOf,
  minorNumber,
  named,
  object,
  oneOf,
  string,
  stringList,
  stringMap,
  uint32,
  userOrGroupId,
} from './nodes.ts'

const idMappings: Schema = { $ref: 'idMappings' }
const timeOffset = object<TimeOffset>({ secs: int64, nanosecs: integer(0, 999_999_999) })

const NAMESPACE_TYPES = {
  pid: true,
  network: true,
  mount: true,
  ipc: true,
  uts: true,
  user: true,
  cgroup: true,
  time: true,
} as const

const PROPAGATIONS = {
  shared: true,
  slave: true,
  private: true,
  unbindable: true,
  rshared: true,
  rslave: true,
  rprivate: true,
  runbindable: true,
  // Go callers mean absent by an empty string.
  '': true,
} as const

export const MEMORY_POLICY_MODES = {
  MPOL_DEFAULT: true,
  MPOL_PREFERRED: true,
  MPOL_BIND: true,
  MPOL_INTERLEAVE: true,
  MPOL_LOCAL: true,
  MPOL_PREFERRED_MANY: true,
  MPOL_WEIGHTED_INTERLEAVE: true,
} as const

export const MEMORY_POLICY_FLAGS = {
  MPOL_F_NUMA_BALANCING: true,
  MPOL_F_RELATIVE_NODES: true,
  MPOL_F_STATIC_NODES: true,
} as const

export const linuxSchemas: readonly NamedSchema[] = [
  named(
    'linux',
    object<Linux>({
      namespaces: list(object<Namespace>({ type: oneOf<NamespaceType>(NAMESPACE_TYPES), path: string }, ['type'])),
      uidMappings: idMappings,
      gidMappings: idMappings,
      timeOffsets: object<TimeOffsets>({ monotonic: timeOffset, boottime: timeOffset }),
      devices: list({ $ref: 'device' }),
      netDevices: mapOf(object<NetDevice>({ name: string })),
      cgroupsPath: string,
      resources: { $ref: 'resources' },
      intelRdt: object<IntelRdt>({
        closID: string,
        schemata: stringList,
        l3CacheSchema: string,
        memBwSchema: string,
        enableMonitoring: boolean,
      }),
      sysctl: stringMap,
      seccomp: { $ref: 'seccomp' },
      rootfsPropagation: oneOf<RootfsPropagation | ''>(PROPAGATIONS),
      maskedPaths: stringList,
      readonlyPaths: stringList,
      mountLabel: string,
      personality: object<Personality>(
        { domain: oneOf<PersonalityDomain>({ LINUX: true, LINUX32: true }), flags: stringList },
        ['domain'],
      ),
      memoryPolicy: object<MemoryPolicy>(
        {
          mode: oneOf<MemoryPolicyMode>(MEMORY_POLICY_MODES),
          nodes: string,
          flags: list(oneOf<MemoryPolicyFlag>(MEMORY_POLICY_FLAGS)),
        },
        ['mode'],
      ),
    }),
  ),
  named(
    'device',
    object<Device>(
      {
        type: oneOf<DeviceType>({ c: true, b: true, u: true, p: true }),
        path: string,
        major: majorNumber,
        minor: minorNumber,
        // Go callers put file type bits in here, which runc strips.
        fileMode: uint32,
        uid: userOrGroupId,
        gid: userOrGroupId,
      },
      ['type', 'path'],
    ),
  ),
]
