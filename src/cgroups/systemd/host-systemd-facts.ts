// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../../errors/runtime-error.ts'
import { type Manager, withManager } from './host-manager.ts'
import type { SystemdInstance } from './placed-unit.ts'

/** Older ones know device groups only by name and devices only by file. */
const OLDEST = 240

/** The version of a running systemd and the cgroup it is in; that of the host's is the root. Throws CGROUP_FAILED. */
export function readSystemdFacts(instance: SystemdInstance): { version: number; managerPath: string } {
  return withManager(instance, (manager) => ({
    version: versionOf(manager),
    managerPath: instance === 'user' ? String(manager.read('ControlGroup', 's')) : '',
  }))
}

/** As in 257, of a systemd that says "257.7-1" or "v257". Throws CGROUP_FAILED for one that is too old. */
export function versionOf(manager: Manager): number {
  const version = Number.parseInt(String(manager.read('Version', 's')).replace(/^v/, ''), 10)
  if (version >= OLDEST) return version
  throw new RuntimeError('CGROUP_FAILED', `systemd ${version} is too old for the systemd cgroup driver`, {
    hint: `it takes systemd ${OLDEST} or newer; the cgroupfs driver works with every version`,
  })
}
