// SPDX-License-Identifier: Apache-2.0
#ifndef RUNTS_HOST_MOUNTS_H
#define RUNTS_HOST_MOUNTS_H
#include "shim.h"

// Unmounts every procfs and sysfs of the mount namespace that lies outside ctx->root, or covers it where the kernel
// keeps it. Whoever escapes a chroot must not find a whole one.
int hide_host_mounts(struct context *ctx);
#endif
