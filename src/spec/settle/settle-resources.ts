// SPDX-License-Identifier: Apache-2.0
import type { BlockIO, DeviceRule, Memory, Resources, ThrottleDevice } from '@opencontainers/runtime-spec-types'
import type { ValidatedBlockIO, ValidatedDeviceRule, ValidatedMemory, ValidatedResources } from '../validated-spec.ts'
import { listOf, objectOf, withBigints, withoutEmptyText, withoutZeros } from './fields.ts'

const MEMORY_SIZES = ['limit', 'reservation', 'swap', 'kernel', 'kernelTCP'] as const

export function settleResources(resources: Resources): ValidatedResources {
  const network = objectOf(resources.network)
  return {
    ...resources,
    devices: listOf(resources.devices).map(settleDeviceRule),
    memory: settleMemory(objectOf(resources.memory)),
    cpu: settleCpu(objectOf(resources.cpu)),
    pids: withBigints(objectOf(resources.pids), 'limit'),
    blockIO: settleBlockIO(objectOf(resources.blockIO)),
    hugepageLimits: listOf(resources.hugepageLimits).map((entry) => withBigints(entry, 'limit')),
    network: { ...network, priorities: listOf(network.priorities) },
    rdma: objectOf(resources.rdma),
    unified: objectOf(resources.unified),
  } as ValidatedResources
}

/** -1 is the other way of saying every number. */
function settleDeviceRule(rule: DeviceRule): ValidatedDeviceRule {
  const { major, minor, ...rest } = rule
  return {
    ...rest,
    type: rule.type ?? 'a',
    access: rule.access ?? '',
    ...(major === undefined || major === -1 ? {} : { major: major as number }),
    ...(minor === undefined || minor === -1 ? {} : { minor: minor as number }),
  }
}

function settleMemory(memory: Memory): ValidatedMemory {
  const sized = withBigints(withoutZeros(memory, ...MEMORY_SIZES), ...MEMORY_SIZES, 'swappiness')
  const { swappiness, ...rest } = sized
  // Docker puts -1 for unset into this unsigned field, so that 2^64-1 arrives.
  const isSet = swappiness !== undefined && swappiness !== -1n && swappiness !== 2n ** 64n - 1n
  return {
    ...rest,
    disableOOMKiller: memory.disableOOMKiller ?? false,
    useHierarchy: memory.useHierarchy ?? false,
    checkBeforeUpdate: memory.checkBeforeUpdate ?? false,
    ...(isSet ? { swappiness } : {}),
  }
}

/** A burst or idle of 0 is a value; in the other fields 0 means unset. */
function settleCpu(cpu: NonNullable<Resources['cpu']>): ValidatedResources['cpu'] {
  const zeroIsUnset = ['shares', 'quota', 'period', 'realtimeRuntime', 'realtimePeriod'] as const
  const named = withoutEmptyText(cpu, 'cpus', 'mems')
  return withBigints(withoutZeros(named, ...zeroIsUnset), ...zeroIsUnset, 'burst', 'idle')
}

function settleBlockIO(blockIO: BlockIO): ValidatedBlockIO {
  return {
    ...withoutZeros(blockIO, 'weight', 'leafWeight'),
    weightDevice: listOf(blockIO.weightDevice).map((device) => withoutZeros(device, 'weight', 'leafWeight')),
    throttleReadBpsDevice: listOf(blockIO.throttleReadBpsDevice).map(settleThrottle),
    throttleWriteBpsDevice: listOf(blockIO.throttleWriteBpsDevice).map(settleThrottle),
    throttleReadIOPSDevice: listOf(blockIO.throttleReadIOPSDevice).map(settleThrottle),
    throttleWriteIOPSDevice: listOf(blockIO.throttleWriteIOPSDevice).map(settleThrottle),
  } as ValidatedBlockIO
}

function settleThrottle(throttle: ThrottleDevice) {
  return withBigints(throttle, 'rate')
}
