// SPDX-License-Identifier: Apache-2.0
import type { Device, IntelRdt, Linux, Seccomp, SeccompSyscall, TimeOffset } from '@opencontainers/runtime-spec-types'
import type {
  ValidatedDevice,
  ValidatedIntelRdt,
  ValidatedLinux,
  ValidatedSeccomp,
  ValidatedSeccompSyscall,
  ValidatedTimeOffset,
} from '../validated-spec.ts'
import { listOf, objectOf, withBigints, withoutEmptyText } from './fields.ts'
import { settleResources } from './settle-resources.ts'

export function settleLinux(linux: Linux): ValidatedLinux {
  const named = withoutEmptyText(linux, 'cgroupsPath', 'mountLabel', 'rootfsPropagation')
  const { seccomp, timeOffsets, intelRdt, ...rest } = named
  return {
    ...rest,
    namespaces: listOf(linux.namespaces).map((namespace) => withoutEmptyText(namespace, 'path')),
    uidMappings: listOf(linux.uidMappings),
    gidMappings: listOf(linux.gidMappings),
    timeOffsets: settleTimeOffsets(objectOf(timeOffsets)),
    devices: listOf(linux.devices).map(settleDevice),
    netDevices: objectOf(linux.netDevices) as ValidatedLinux['netDevices'],
    resources: settleResources(objectOf(linux.resources)),
    sysctl: objectOf(linux.sysctl) as ValidatedLinux['sysctl'],
    maskedPaths: listOf(linux.maskedPaths),
    readonlyPaths: listOf(linux.readonlyPaths),
    ...(intelRdt === undefined ? {} : { intelRdt: settleIntelRdt(intelRdt) }),
    ...(seccomp === undefined ? {} : { seccomp: settleSeccomp(seccomp) }),
  } as ValidatedLinux
}

export function settleIntelRdt(intelRdt: IntelRdt): ValidatedIntelRdt {
  return withoutEmptyText(intelRdt, 'closID', 'l3CacheSchema', 'memBwSchema')
}

function settleTimeOffsets(offsets: NonNullable<Linux['timeOffsets']>): ValidatedLinux['timeOffsets'] {
  return {
    ...(offsets.monotonic === undefined ? {} : { monotonic: settleTimeOffset(offsets.monotonic) }),
    ...(offsets.boottime === undefined ? {} : { boottime: settleTimeOffset(offsets.boottime) }),
  }
}

function settleTimeOffset(offset: TimeOffset): ValidatedTimeOffset {
  return withBigints({ secs: 0n, nanosecs: 0, ...offset }, 'secs')
}

/** Go callers leave file type bits in `fileMode`, which runc strips. */
function settleDevice(device: Device): ValidatedDevice {
  const { fileMode, ...rest } = device
  return { ...rest, ...(fileMode === undefined ? {} : { fileMode: fileMode & 0o7777 }) } as ValidatedDevice
}

function settleSeccomp(seccomp: Seccomp): ValidatedSeccomp {
  return {
    ...withoutEmptyText(seccomp, 'listenerPath', 'listenerMetadata'),
    architectures: listOf(seccomp.architectures),
    syscalls: listOf(seccomp.syscalls).map(settleSyscall),
  }
}

function settleSyscall(rule: SeccompSyscall): ValidatedSeccompSyscall {
  return {
    ...rule,
    names: listOf(rule.names),
    args: listOf(rule.args).map((arg) => withBigints({ valueTwo: 0n, ...arg }, 'value', 'valueTwo')),
  }
}
