// SPDX-License-Identifier: Apache-2.0
// The only way to touch a path of the root filesystem. Paths are resolved once, by descriptor, with
// openat2(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS) below ctx->root; later steps use the descriptor alone.
#ifndef RUNTS_PATH_H
#define RUNTS_PATH_H
#include "shim.h"

// O_PATH descriptor of an existing path below the root (symbolic links are followed inside the root).
int path_open(struct context *ctx, const char *path);
// The same with open(2) flags of the caller's choice.
int path_open_flags(struct context *ctx, const char *path, uint64_t flags);
// O_PATH descriptor of a mount target: missing directories are created with mode 0755 and a missing last component as
// a directory, or as an empty file with mode 0644 (O_CREAT|O_EXCL|O_NOFOLLOW through its parent). *existed tells
// whether the last component was there before.
int path_make_target(struct context *ctx, const char *path, bool directory, bool *existed);
// Descriptor of the parent directory (missing ones are created) and the last component, for mknodat and symlinkat.
int path_open_parent(struct context *ctx, const char *path, const char **name, char *buffer, size_t size);
// Opens below our own procfs ("self/attr/exec", "sys/kernel/sem"): no crossing of mounts, no magic links, and the
// file must be procfs. flags as for open(2).
int path_open_proc(struct context *ctx, const char *path, uint64_t flags);
#endif
