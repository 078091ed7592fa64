// SPDX-License-Identifier: Apache-2.0
import type { CgroupEntrance, CgroupPlacement } from './place-cgroup.ts'
import type { ResourcePlan } from './resource-write.ts'

/** A container's cgroups on the host. Its placement, as persisted, is all it needs. */
export interface CgroupManager {
  readonly placement: CgroupPlacement
  readonly entrance: CgroupEntrance
  /** Attaches the device filter and writes the limits. Throws CGROUP_FAILED with the pointer of the value. */
  apply(plan: ResourcePlan): void
  /** Pids on the host of all processes, those of sub-cgroups included; none when the cgroup is gone. */
  pids(): number[]
  isEmpty(): boolean
  isFrozen(): boolean
  /** There is a freezer; without one `freeze` and `thaw` have no effect. */
  readonly canFreeze: boolean
  /** Stops all processes and waits for it, at most 10 s; thaws again and throws CGROUP_FAILED when they do not stop. */
  freeze(): void
  thaw(): void
  /** Lets processes go that SIGKILL cannot end otherwise, sub-cgroups included. */
  thawForKill(): void
  /** Sends SIGKILL to every process, frozen ones too, without waiting for their end. */
  kill(): void
  /**
   * Removes the container's directories with their sub-cgroups, and those parents that were missing before if they
   * are empty. Waits at most 5 s for dying processes. What is gone already is fine. Throws CGROUP_FAILED.
   */
  destroy(): void
}

/** Cgroups made a moment ago, which can still be taken back as if nothing had happened. */
export interface CreatedCgroup extends CgroupManager {
  /** With the systemd driver they only come to be with a process in them, which this moves there. Throws CGROUP_FAILED. */
  enter?(pid: number): void
  /** The placement to persist once they are the container's: with it `destroy` knows them from others of their names. */
  claimed(): CgroupPlacement
  /** Kills what is in them and removes only the directories that did not exist before. */
  undo(): void
  /** How many processes the kernel has killed in them for want of memory since they were made. */
  oomKills(): number
  /** Ends what `oomKills` needs, where that is anything. */
  close?(): void
  /** Gives them to a user of the container, by uid on the host (config-linux.md, Cgroup ownership). Throws CGROUP_FAILED. */
  delegate(uid: number): void
}
