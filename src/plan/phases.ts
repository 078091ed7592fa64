// SPDX-License-Identifier: Apache-2.0
// Apart from the op table, which takes long to evaluate and which making and encoding a plan do not need.

/**
 * When and where a step runs.
 * keeper: the shim on the host, before clone · attend: the keeper, while the container's first process waits ·
 * born: that process, in its namespaces, mounts unchanged · setup: host tree still visible ·
 * inside: the rootfs is `/` · oversee: the keeper again, last privileged acts on the container's process ·
 * seal: nothing may be undone from here · started: after `start`.
 */
export const PHASES = ['keeper', 'attend', 'born', 'setup', 'inside', 'oversee', 'seal', 'started'] as const
export type Phase = (typeof PHASES)[number]

/** Points at which the container's process waits for the runtime. */
export const SYNC_POINTS = {
  runtime_hooks: 1,
  ready: 2,
  seccomp_listener: 8,
  id_maps: 9,
  network_devices: 10,
  terminal: 11,
  cgroup: 14,
} as const
export type SyncPoint = keyof typeof SYNC_POINTS
