// SPDX-License-Identifier: Apache-2.0
import type {
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
  stringMap,
  uint32,
  uint64,
} from './nodes.ts'

const throttle: Schema = { $ref: 'throttleDevices' }
/** Bytes, or -1 for unlimited. */
const memorySize = integer(-1, 2n ** 63n - 1n)
/** 0 means unset to the engines; the rules know the real range. */
const weight = integer(0, 1000)

export const resourcesSchemas: readonly NamedSchema[] = [
  named(
    'resources',
    object<Resources>({
      devices: list({ $ref: 'deviceRule' }),
      memory: object<Memory>({
        limit: memorySize,
        reservation: memorySize,
        swap: memorySize,
        kernel: memorySize,
        kernelTCP: memorySize,
        swappiness: integer(-1, 2n ** 64n - 1n),
        disableOOMKiller: boolean,
        useHierarchy: boolean,
        checkBeforeUpdate: boolean,
      }),
      cpu: object<Cpu>({
        shares: uint64,
        quota: int64,
        burst: uint64,
        period: uint64,
        realtimeRuntime: int64,
        realtimePeriod: uint64,
        cpus: string,
        mems: string,
        idle: integer(0, 1),
      }),
      pids: object<Pids>({ limit: integer(-1, 2n ** 63n - 1n) }),
      blockIO: object<BlockIO>({
        weight,
        leafWeight: weight,
        weightDevice: list(
          object<BlockIOWeightDevice>({ major: majorNumber, minor: minorNumber, weight, leafWeight: weight }, [
            'major',
            'minor',
          ]),
        ),
        throttleReadBpsDevice: throttle,
        throttleWriteBpsDevice: throttle,
        throttleReadIOPSDevice: throttle,
        throttleWriteIOPSDevice: throttle,
      }),
      hugepageLimits: list(object<HugepageLimit>({ pageSize: string, limit: uint64 }, ['pageSize', 'limit'])),
      network: object<NetworkResources>({
        classID: uint32,
        priorities: list(object<InterfacePriority>({ name: string, priority: uint32 }, ['name', 'priority'])),
      }),
      rdma: mapOf(object<Rdma>({ hcaHandles: integer(1, 2 ** 32 - 1), hcaObjects: integer(1, 2 ** 32 - 1) })),
      unified: stringMap,
    }),
  ),
  named(
    'deviceRule',
    object<DeviceRule>(
      {
        allow: boolean,
        type: oneOf<'a' | 'b' | 'c'>({ a: true, b: true, c: true }),
        // -1 is the other way of saying every number.
        major: integer(-1, 2 ** 12 - 1),
        minor: integer(-1, 2 ** 20 - 1),
        access: string,
      },
      ['allow'],
    ),
  ),
  named(
    'throttleDevices',
    list(object<ThrottleDevice>({ major: majorNumber, minor: minorNumber, rate: uint64 }, ['major', 'minor', 'rate'])),
  ),
]
