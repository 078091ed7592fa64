// SPDX-License-Identifier: Apache-2.0
// This room owns the network interfaces that a container is given. It never makes, configures or deletes one.
import { SYNC_POINTS } from '../plan/phases.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'

/** The runtime moves the devices as soon as there is a namespace for them: sysctls and hooks may be about them. */
export function planNetDevices({ linux: { netDevices } }: ValidatedSpec, plan: PlanBuilder): void {
  if (Object.keys(netDevices).length === 0) return
  plan.append('attend', { op: 'sync', point: SYNC_POINTS.network_devices }, { pointer: pointer('linux', 'netDevices') })
}
