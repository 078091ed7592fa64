// SPDX-License-Identifier: Apache-2.0

/** An integer of 64 bits: a bigint wherever a number would lose digits. */
export type Int64 = number | bigint

/** A range of ids: config-linux.md, User namespace mappings */
export interface IDMapping {
  /** First id inside the container (config-linux.md, User namespace mappings). */
  containerID: number
  /** First id on the host that containerID stands for (config-linux.md, User namespace mappings). */
  hostID: number
  /** How many ids are mapped (config-linux.md, User namespace mappings). */
  size: number
}
