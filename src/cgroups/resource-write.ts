// SPDX-License-Identifier: Apache-2.0

/** One value for one file of the container's cgroup, and the place in config.json that asks for it. */
export interface ResourceWrite {
  /** The v1 hierarchy the file is in; on v2 it is only named in messages. */
  readonly controller: string
  readonly file: string
  readonly value: string
  /** RFC 6901 pointer into config.json; absent for rules every container gets. */
  readonly pointer?: string
  /** The file may be missing without harm: the kernel then has no such limit to set or lift. */
  readonly optional?: true
  /** What to write instead when the file is missing. */
  readonly otherwise?: { readonly file: string; readonly value: string }
  /** EINVAL may come from the old value of the next file: then that one is written first and this one again. */
  readonly retryAfterNext?: true
  /** checkBeforeUpdate: the limit is refused, under runc's name for it, unless it is above the number in this file. */
  readonly aboveUsage?: { readonly file: string; readonly limit: bigint; readonly name: string }
}

/** What is applied to the container's cgroups: device access first, then the limits. */
export interface ResourcePlan {
  readonly writes: readonly ResourceWrite[]
  /** A BPF_PROG_TYPE_CGROUP_DEVICE program for the unified directory; absent where v1 files do it or all is allowed. */
  readonly deviceFilter?: Uint8Array
}
