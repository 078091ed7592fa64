// SPDX-License-Identifier: Apache-2.0
// This room owns Intel RDT: which group of resctrl a container is in. It never mounts resctrl and never touches a group
// that config.json does not name.

/** What is written to the `schemata` file of a group, and the field it comes from. */
export interface SchemataWrite {
  readonly value: string
  readonly pointer: string
}

/** The group of a container as data; every name is relative to where resctrl is mounted. */
export interface ResctrlPlan {
  /** '' is the root group, which every task is in by default. */
  readonly group: string
  /** `create`: it must be new and goes with the container · `share`: made where missing, stays · `use`: it must exist. */
  readonly how: 'create' | 'share' | 'use'
  readonly writes: readonly SchemataWrite[]
  /** The monitoring group of the container, if one is wanted. */
  readonly monitor?: string
}
