// SPDX-License-Identifier: Apache-2.0
// CPU time, I/O and memory placement of the container's process.
#include <errno.h>
#include <string.h>

#include "interpret.h"
#include "kernel.h"

// struct sched_attr of linux/sched/types.h as of Linux 5.3: its header clashes with libc's.
struct attributes {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
  uint32_t util_min, util_max;
};

// born, after the cgroup is entered. Since Linux 6.2 the CPUs that the caller was confined to would be kept within
// those of the cgroup; all bits set mean every CPU the cgroup has. EINVAL: none of them is online.
int op_reset_cpu_affinity(struct context *ctx, const struct op_reset_cpu_affinity *op) {
  uint8_t every[1024]; // 8192 CPUs, the most that Linux can be built for
  (void)op;
  memset(every, 0xff, sizeof every);
  return syscall(SYS_sched_setaffinity, 0, sizeof every, every) < 0 ? fail(ctx, "sched_setaffinity", "") : 0;
}

// keeper or born. EINVAL: none of these CPUs is online, or in the cpuset of the cgroup.
int op_set_cpu_affinity(struct context *ctx, const struct op_set_cpu_affinity *op) {
  uint8_t mask[1024] = {0};
  for (uint32_t i = 0; i < op->cpus.count; i++) {
    uint32_t cpu = op->cpus.items[i];
    if (cpu < 8 * sizeof mask) mask[cpu / 8] |= (uint8_t)(1u << cpu % 8);
  }
  return syscall(SYS_sched_setaffinity, 0, sizeof mask, mask) < 0 ? fail(ctx, "sched_setaffinity", "") : 0;
}

// oversee, host: the privilege that counts is the one over the whole host. EPERM: CAP_SYS_NICE is missing, the v1 cpu
// cgroup has no realtime budget, or SCHED_DEADLINE is confined to some CPUs · EINVAL: no such policy or bad values ·
// EBUSY: no room for the deadline · EOPNOTSUPP: no utilization clamping.
int op_set_scheduler(struct context *ctx, const struct op_set_scheduler *op) {
  struct attributes attributes = {
      .size = sizeof attributes,
      .policy = op->policy,
      .flags = op->flags,
      .nice = op->nice,
      .priority = op->priority,
      .runtime = op->runtime,
      .deadline = op->deadline,
      .period = op->period,
  };
  return syscall(SYS_sched_setattr, ctx->init, &attributes, 0) < 0 ? fail(ctx, "sched_setattr", "") : 0;
}

// oversee, host. EPERM: the realtime class needs CAP_SYS_NICE or CAP_SYS_ADMIN.
int op_set_io_priority(struct context *ctx, const struct op_set_io_priority *op) {
  const int who_process = 1;
  uint32_t value = op->class << 13 | op->priority;
  return syscall(SYS_ioprio_set, who_process, ctx->init, value) < 0 ? fail(ctx, "ioprio_set", "") : 0;
}

// seal. Cannot fail for the domains of the specification.
int op_set_personality(struct context *ctx, const struct op_set_personality *op) {
  return syscall(SYS_personality, op->domain) < 0 ? fail(ctx, "personality", "") : 0;
}

// seal, in the container's cgroup. EINVAL: a node is not online or not in cpuset.mems, or mode, flags and nodes do not
// go together · ENOSYS: a kernel without NUMA.
int op_set_memory_policy(struct context *ctx, const struct op_set_memory_policy *op) {
  unsigned long mask[1024 / (8 * sizeof(unsigned long))] = {0};
  const uint32_t bits = 8 * sizeof mask[0], most = 8 * sizeof mask;
  for (uint32_t i = 0; i < op->nodes.count; i++) {
    uint32_t node = op->nodes.items[i];
    errno = EINVAL;
    if (node >= most) return fail(ctx, "set_mempolicy", "the number of a node is too high");
    mask[node / bits] |= 1ul << node % bits;
  }
  // The kernel reads one bit less than it is told there are.
  long result = syscall(SYS_set_mempolicy, op->mode, op->nodes.count ? mask : NULL, op->nodes.count ? most + 1 : 0);
  return result < 0 ? fail(ctx, "set_mempolicy", "") : 0;
}
