// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "kernel.h"
#include "path.h"

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

// "character device 1:3", into a buffer of at least 64 bytes.
static char *name_device(char *buffer, uint32_t type, uint32_t major, uint32_t minor) {
  char first[24], second[24];
  if (type == S_IFIFO) return join_text(buffer, 64, "FIFO", NULL);
  const char *kind = type == S_IFBLK ? "block device " : "character device ";
  return join_text(buffer, 64, kind, decimal(first, major), ":", decimal(second, minor), NULL);
}

static bool is_device(const struct stat *st, uint32_t type, uint32_t major, uint32_t minor) {
  if ((st->st_mode & S_IFMT) != type) return false;
  return type == S_IFIFO || st->st_rdev == makedev(major, minor);
}

// The parent directory's default ACL or set-group-ID bit may have had a say. fchmodat2 is Linux 6.6.
static int give_node(struct context *ctx, int node, const struct stat *st, const struct op_make_device *op) {
  bool is_owned = st->st_uid == op->uid && st->st_gid == op->gid;
  if (!is_owned && fchownat(node, "", op->uid, op->gid, AT_EMPTY_PATH) < 0) return fail(ctx, "fchownat", op->target);
  if ((st->st_mode & 07777) == (op->mode & 07777)) return 0;
  long done = syscall(SYS_fchmodat2, node, "", op->mode & 07777, AT_EMPTY_PATH);
  return done < 0 ? fail(ctx, "fchmodat2", op->target) : 0;
}

// setup. Creates one node below the root; a node that was there keeps its owner and mode, for it may be the host's.
// EEXIST: the name is taken by something else · EPERM: devices cannot be created in a user namespace.
int op_make_device(struct context *ctx, const struct op_make_device *op) {
  char buffer[NAME_MAX + 1], device[64], detail[PATH_MAX];
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
  if (is_device(&st, op->type, op->major, op->minor)) return made < 0 ? 0 : give_node(ctx, node, &st, op);
  name_device(device, op->type, op->major, op->minor);
  errno = EEXIST;
  return fail(ctx, "mknodat", join_text(detail, sizeof detail, op->target, " already exists and is not ", device, NULL));
}

// setup. Attaches a host device over a file below the root, without changing the device. ENXIO: the source is
// something else than the device that was asked for (CVE-2025-31133).
int op_bind_device(struct context *ctx, const struct op_bind_device *op) {
  char device[64], detail[PATH_MAX];
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
  autoclose int tree = op->slot >= 0 ? op->slot : sys_open_tree(AT_FDCWD, op->source, flags);
  struct stat st;
  if (tree < 0 || fstat(tree, &st) < 0) return fail2(ctx, "open_tree", "source ", op->source);
  name_device(device, op->type, op->major, op->minor);
  errno = ENXIO;
  if (!is_device(&st, op->type, op->major, op->minor))
    return fail(ctx, "fstat", join_text(detail, sizeof detail, "source ", op->source, " is not ", device, NULL));
  bool existed;
  autoclose int target = path_make_target(ctx, op->target, false, &existed);
  if (target < 0 || path_refuse_link_to_proc(ctx, target, op->target) < 0) return -1;
  return path_attach(ctx, tree, target, op->target);
}

// EEXIST stays an error only where the link leads elsewhere than it must.
static int check_link(struct context *ctx, int parent, const char *name, const struct op_make_symlink *op) {
  char link[PATH_MAX], detail[PATH_MAX];
  ssize_t length = readlinkat(parent, name, link, sizeof link - 1);
  if (length < 0) return errno == EINVAL ? 0 : fail(ctx, "readlinkat", op->target); // EINVAL: not a link
  link[length] = 0;
  errno = EEXIST;
  if (strcmp(link, op->content) == 0) return 0;
  join_text(detail, sizeof detail, op->target, " already exists and is a link to ", link, NULL);
  return fail(ctx, "symlinkat", detail);
}

// setup. Creates one link below the root and never removes or follows one (CVE-2026-41579). EEXIST is fine: the name
// is the image's, unless the step asks for this link and another one is there.
int op_make_symlink(struct context *ctx, const struct op_make_symlink *op) {
  char buffer[NAME_MAX + 1];
  const char *name;
  autoclose int parent = path_open_parent(ctx, op->target, &name, buffer, sizeof buffer);
  if (parent < 0) return -1;
  if (symlinkat(op->content, parent, name) == 0) return 0;
  if (errno != EEXIST) return fail(ctx, "symlinkat", op->target);
  return op->replace ? check_link(ctx, parent, name, op) : 0;
}
