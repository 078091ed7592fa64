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
// O_PATH descriptor of a directory, to which no symbolic link may lead.
int path_open_directly(struct context *ctx, const char *path);
// O_PATH descriptor of a file that is no symbolic link and is made, empty, with mode 0644, where it is missing.
int path_make_file(struct context *ctx, const char *path);
// O_PATH descriptor of a mount target: missing directories are created with mode 0755 and a missing last component as
// a directory, or as an empty file with mode 0644 (O_CREAT|O_EXCL|O_NOFOLLOW through its parent). *existed tells
// whether the last component was there before.
int path_make_target(struct context *ctx, const char *path, bool directory, bool *existed);
// Descriptor of the parent directory (missing ones are created) and the last component, for mknodat and symlinkat.
int path_open_parent(struct context *ctx, const char *path, const char **name, char *buffer, size_t size);
// Attaches a detached mount to a target, never to the root itself. path only names the target in a failure.
int path_attach(struct context *ctx, int tree, int target, const char *path);
int path_refuse_root(struct context *ctx, int target, const char *path);
// CVE-2019-16884: where a mount may lie inside /proc is decided by its path, so no link of the image may lead there.
int path_refuse_link_to_proc(struct context *ctx, int target, const char *path);
// Opens below our own procfs ("self/attr/exec", "sys/kernel/sem"): no crossing of mounts, no magic links, and the
// file must be procfs. flags as for open(2).
int path_open_proc(struct context *ctx, const char *path, uint64_t flags);
// Whether a descriptor leads to a procfs.
bool path_is_procfs(int fd);
// Before the change of root, in a user namespace: holds a procfs for path_open_proc while one is to be had.
int path_hold_proc(struct context *ctx);

// Joins texts, ended by NULL, into a buffer, cutting at its end; errno stays. Returns the buffer.
char *join_text(char *buffer, size_t size, ...) __attribute__((sentinel));
#endif
