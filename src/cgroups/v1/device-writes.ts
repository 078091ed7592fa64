// SPDX-License-Identifier: Apache-2.0
import { type DeviceAccess, describeAccess, describeTarget } from '../device-access.ts'
import type { ResourceWrite } from '../resource-write.ts'

/** The default first, which also forgets what the parent handed down; then the exceptions, one write each. */
export function planDeviceWrites({ allowByDefault, exceptions }: DeviceAccess): ResourceWrite[] {
  const [defaultFile, exceptionFile] = allowByDefault
    ? (['devices.allow', 'devices.deny'] as const)
    : (['devices.deny', 'devices.allow'] as const)
  return [
    { controller: 'devices', file: defaultFile, value: 'a', pointer: '/linux/resources/devices' },
    ...exceptions.map((exception) => ({
      controller: 'devices',
      file: exceptionFile,
      value: `${describeTarget(exception)} ${describeAccess(exception.access)}`,
      ...(exception.pointer ? { pointer: exception.pointer } : {}),
    })),
  ]
}
