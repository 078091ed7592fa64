// SPDX-License-Identifier: Apache-2.0
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { type BindContext, planBindMount } from './plan-bind-mount.ts'
import { readMountOptions } from './read-mount-options.ts'
import { rootfsPath } from './rootfs-path.ts'

/** Where the program finds the directory, as with runc; behind all mounts of config.json, so that none covers it. */
export function planNotifyMount(source: string, context: BindContext, plan: PlanBuilder): void {
  const mount = {
    target: rootfsPath('/run/notify'),
    type: 'bind',
    source,
    options: readMountOptions(['bind', 'nosuid', 'noexec', 'nodev', 'ro']),
    readonlyLater: false,
    origin: { reason: 'NOTIFY_SOCKET' },
  }
  planBindMount(mount, context, new Map(), plan)
}
