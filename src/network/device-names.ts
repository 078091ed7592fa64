// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedLinux } from '../spec/validated-spec.ts'

/** IFNAMSIZ without the NUL. */
const LONGEST_NAME = 15

/** One entry of `linux.netDevices`: the name on the host, and the one in the container without a template. */
export interface NamedDevice {
  readonly source: string
  readonly target: string
}

/**
 * The name each device gets in the container, where `taken` names exist already. As the kernel does, `%d` becomes the
 * lowest number that makes a new name. Throws NETWORK_DEVICE_FAILED for a name that is taken.
 */
export function chooseNames(devices: ValidatedLinux['netDevices'], taken: ReadonlySet<string>): NamedDevice[] {
  const used = new Set(taken)
  return Object.entries(devices).map(([source, { name }]) => {
    const target = (name || source).replace('%d', () => String(lowestFree(name || source, used)))
    if (used.has(target)) {
      throw refused(source, `the container's network namespace has an interface "${target}" already`)
    }
    if (Buffer.byteLength(target) > LONGEST_NAME) throw refused(source, `the name "${target}" is too long`)
    used.add(target)
    return { source, target }
  })
}

function lowestFree(template: string, used: ReadonlySet<string>): number {
  let number = 0
  while (used.has(template.replace('%d', String(number)))) number++
  return number
}

function refused(source: string, reason: string): RuntimeError {
  return new RuntimeError('NETWORK_DEVICE_FAILED', `cannot move the network device ${source}: ${reason}`, {
    pointer: pointer('linux', 'netDevices', source),
  })
}
