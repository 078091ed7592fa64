// SPDX-License-Identifier: Apache-2.0
#ifndef RUNTS_HOST_MOUNTS_H
#define RUNTS_HOST_MOUNTS_H
#include "shim.h"

// A line of mountinfo, proc_pid_mountinfo(5), with its path as it is.
struct host_mount {
  uint64_t id;
  char *point;
  const char *type;
};

// The mounts of this mount namespace, what was mounted last at the end.
struct host_mounts {
  size_t count;
  struct host_mount *items;
  char *room;
};

int host_mounts_read(struct context *ctx, struct host_mounts *mounts);
void host_mounts_forget(struct host_mounts *mounts);
// Both paths absolute and without symbolic links.
bool is_at_or_below(const char *path, const char *directory);

// Unmounts every procfs and sysfs of the mount namespace that lies outside ctx->root, or covers it where the kernel
// keeps it. Whoever escapes a chroot must not find a whole one.
int hide_host_mounts(struct context *ctx);
#endif
