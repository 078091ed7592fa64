// SPDX-License-Identifier: Apache-2.0
import type { ResourceWrite } from '../resource-write.ts'

/** The systemd that a container's unit belongs to: that of the host, or that of the user who calls. */
export type SystemdInstance = 'system' | 'user'

/** A container's unit: plain JSON, enough to find and stop it later. */
export interface PlacedUnit {
  readonly instance: SystemdInstance
  /** Name of the scope, or of a slice where `cgroupsPath` names one. */
  readonly name: string
  readonly slice: string
  /** Device rules that systemd cannot be told: to be written anew where it has written what it was told instead. */
  readonly deviceWrites?: readonly ResourceWrite[]
}
