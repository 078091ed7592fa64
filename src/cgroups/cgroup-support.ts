// SPDX-License-Identifier: Apache-2.0

/** What this build does with cgroups (features-linux.md, Cgroup). */
export const CGROUP_SUPPORT = { v1: true, v2: true, systemd: true, systemdUser: true, rdma: true } as const
