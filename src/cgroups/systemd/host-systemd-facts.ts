// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../../errors/runtime-error.ts'
import { withManager } from './host-manager.ts'
import type { SystemdInstance } from './placed-unit.ts'

/** Older ones know device groups only by name and devices only by file. */
const OLDEST = 240

/** The version of a running systemd and the cgroup it is in; that of the host's is the root. Throws CGROUP_FAILED. */
export function readSystemdFacts(instance: SystemdInstance): { version: number; managerPath: string } {
  return withManager(instance, (manager) => {
    // As in "257.7-1" or "v239".
    const version = Number.parseInt(manager.read('Version').replace(/^v/, ''), 10)
    if (!(version >= OLDEST)) {
      throw new RuntimeError('CGROUP_FAILED', `systemd ${version} is too old for the systemd cgroup driver`, {
        hint: `it takes systemd ${OLDEST} or newer; the cgroupfs driver works with every version`,
      })
    }
    return { version, managerPath: instance === 'user' ? manager.read('ControlGroup') : '' }
  })
}
