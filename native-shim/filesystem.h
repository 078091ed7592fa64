// SPDX-License-Identifier: Apache-2.0
// Superblocks through fsopen(2) and fspick(2), which name the option that a filesystem refuses.
#ifndef RUNTS_FILESYSTEM_H
#define RUNTS_FILESYSTEM_H
#include "shim.h"

struct filesystem {
  const char *type;
  const char *source;         // may be empty
  uint64_t flags;             // MS_* of the superblock
  const struct strings *options;
  const char *more;           // one more option, or NULL
};

// Detached mount of a new filesystem with MOUNT_ATTR_* attributes.
int filesystem_create(struct context *ctx, const struct filesystem *fs, uint64_t attributes);
// True where fsconfig(2) cannot say it: MS_I_VERSION, MS_SILENT, and texts of more than 255 bytes.
bool filesystem_needs_mount2(const struct filesystem *fs);
// The same by mount(2), onto a directory.
int filesystem_mount2(struct context *ctx, const struct filesystem *fs, int target);
// Changes the superblock of a mount.
int filesystem_reconfigure(struct context *ctx, int mount, uint64_t flags, const struct strings *options);
// Detached, empty, read-only directory, for masks.
int filesystem_empty(struct context *ctx);
// Copies what is below a directory into a detached mount.
int copy_up(struct context *ctx, int target, int mount);
#endif
