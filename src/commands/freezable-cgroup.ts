// SPDX-License-Identifier: Apache-2.0
import type { CgroupManager } from '../cgroups/cgroup-manager.ts'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { cgroupOf } from './container-cgroup.ts'

/** The cgroup by which a container can be paused. Throws CGROUP_FAILED where it has none, as an ordinary user's may. */
export function freezableCgroupOf(record: ContainerRecord): CgroupManager {
  const cgroup = cgroupOf(record)
  if (cgroup?.canFreeze) return cgroup
  throw new RuntimeError('CGROUP_FAILED', RUNC_PHRASES.noFreezer, {
    hint: 'have a cgroup delegated to this user before the container is created (systemd-run --user --scope)',
  })
}
