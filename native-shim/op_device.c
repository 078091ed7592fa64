// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "kernel.h"
#include "path.h"

#define KIND_MASK ((mode_t)S_IFMT)

static bool is_that_device(const struct stat *st, uint32_t type, uint32_t major_number, uint32_t minor_number) {
  if ((st->st_mode & KIND_MASK) != type) return false;
  return S_ISFIFO(type) || (major(st->st_rdev) == major_number && minor(st->st_rdev) == minor_number);
}

static int wrong_device(struct context *ctx, const char *path) {
  errno = EEXIST;
  return fail2(ctx, "mknodat", path, " exists and is not the device of config.json");
}

// setup. EPERM: no CAP_MKNOD, or a filesystem of a user namespace: bind_device is for those. EEXIST: something else
// has the name; a node that is that device already is used as it is found, but gets the owner and mode asked for.
int op_make_device(struct context *ctx, const struct op_make_device *op) {
  char buffer[NAME_MAX + 1];
  const char *name;
  autoclose int parent = path_open_parent(ctx, op->target, &name, buffer, sizeof buffer);
  if (parent < 0) return -1;
  mode_t kept = umask(0);
  int made = mknodat(parent, name, op->type | (op->mode & 07777), makedev(op->major, op->minor));
  umask(kept);
  if (made < 0 && errno != EEXIST) return fail(ctx, "mknodat", op->target);
  autoclose int node = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  struct stat st;
  if (node < 0 || fstat(node, &st) < 0) return fail(ctx, "openat", op->target);
  if (!is_that_device(&st, op->type, op->major, op->minor)) return wrong_device(ctx, op->target);
  if ((st.st_uid != op->uid || st.st_gid != op->gid) && fchownat(node, "", op->uid, op->gid, AT_EMPTY_PATH) < 0)
    return fail(ctx, "fchownat", op->target);
  // A node that was just made has its mode; fchmodat cannot be pointed at a descriptor before Linux 6.6.
  if (made == 0 || (st.st_mode & 07777) == (op->mode & 07777)) return 0;
  return fchmodat(parent, name, op->mode & 07777, 0) < 0 ? fail(ctx, "fchmodat", op->target) : 0;
}

// setup, user namespace. ENXIO: the host's file is not the device that config.json describes.
int op_bind_device(struct context *ctx, const struct op_bind_device *op) {
  autoclose int tree = op->slot >= 0 ? op->slot : sys_open_tree(AT_FDCWD, op->source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  struct stat st;
  if (tree < 0) return fail2(ctx, "open_tree", "source ", op->source);
  if (fstat(tree, &st) < 0) return fail2(ctx, "fstat", "source ", op->source);
  errno = ENXIO;
  if (!is_that_device(&st, op->type, op->major, op->minor)) return fail2(ctx, "fstat", op->source, " is another device on the host");
  bool existed;
  autoclose int target = path_make_target(ctx, op->target, false, &existed);
  return target < 0 ? -1 : path_attach(ctx, tree, target, op->target);
}

// setup. CVE-2026-41579: nothing is deleted, and the name is created through its parent inside the root.
int op_make_symlink(struct context *ctx, const struct op_make_symlink *op) {
  char buffer[NAME_MAX + 1], content[PATH_MAX];
  const char *name;
  autoclose int parent = path_open_parent(ctx, op->target, &name, buffer, sizeof buffer);
  if (parent < 0) return -1;
  if (symlinkat(op->content, parent, name) == 0) return 0;
  if (errno != EEXIST) return fail(ctx, "symlinkat", op->target);
  if (!op->replace) return 0;
  ssize_t length = readlinkat(parent, name, content, sizeof content - 1);
  content[length < 0 ? 0 : length] = 0;
  errno = EEXIST;
  return strcmp(content, op->content) == 0 ? 0 : fail2(ctx, "symlinkat", op->target, " exists and is not that link");
}
