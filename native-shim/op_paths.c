// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "filesystem.h"
#include "kernel.h"
#include "path.h"

// The first mask of a kind is attached itself; later ones are clones of it, as detached mounts can be cloned only
// since Linux 6.15.
static int attach_mask(struct context *ctx, int *first, int *fresh, int target, const char *path) {
  if (*first >= 0) {
    autoclose int tree = sys_open_tree(*first, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
    return tree < 0 ? fail(ctx, "open_tree", "mask") : path_attach(ctx, tree, target, path);
  }
  if (path_attach(ctx, *fresh, target, path) < 0) return -1;
  *first = *fresh;
  *fresh = -1;
  return 0;
}

static int mask_directory(struct context *ctx, int target, const char *path) {
  autoclose int empty = ctx->empty_mask >= 0 ? -1 : filesystem_empty(ctx);
  if (empty < 0 && ctx->empty_mask < 0) return -1;
  return attach_mask(ctx, &ctx->empty_mask, &empty, target, path);
}

static int mask_file(struct context *ctx, int target, const char *path) {
  errno = ENXIO;
  if (ctx->null_mask < 0 && ctx->null_tree < 0)
    return fail(ctx, "open_tree", "/dev/null of the host is missing or not the null device");
  return attach_mask(ctx, &ctx->null_mask, &ctx->null_tree, target, path);
}

// CVE-2025-31133, fails closed: once the path has been found, no ENOENT may be taken for a path that is not there.
static int no_longer_forgivable(struct context *ctx) {
  if (ctx->failure.error == ENOENT) ctx->failure.error = EIO;
  return -1;
}

// inside. Covers what the path leads to. ENOENT: there is nothing to hide, which a step may forgive. The null device
// is the host's, taken before the change of root and read-only; the container's own /dev/null is never looked at.
int op_mask_path(struct context *ctx, const struct op_mask_path *op) {
  autoclose int target = path_open(ctx, op->target);
  if (target < 0) return -1;
  struct stat st;
  if (fstat(target, &st) < 0) fail(ctx, "fstat", op->target);
  else if ((S_ISDIR(st.st_mode) ? mask_directory : mask_file)(ctx, target, op->target) == 0) return 0;
  return no_longer_forgivable(ctx);
}

// inside. Covers the path with itself, the mounts below included; the top becomes read-only and keeps its other
// attributes. ENOENT: there is nothing to protect, which a step may forgive.
int op_readonly_path(struct context *ctx, const struct op_readonly_path *op) {
  autoclose int target = path_open(ctx, op->target);
  if (target < 0) return -1;
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE;
  autoclose int tree = sys_open_tree(target, "", flags);
  struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
  if (tree < 0) fail(ctx, "open_tree", op->target);
  else if (sys_mount_setattr(tree, "", AT_EMPTY_PATH, &attr) < 0) fail(ctx, "mount_setattr", op->target);
  else if (path_attach(ctx, tree, target, op->target) == 0) return 0;
  return no_longer_forgivable(ctx);
}

static bool climbs(const char *path) {
  for (; *path; path += strcspn(path, "/"), path += *path == '/')
    if (strncmp(path, "..", 2) == 0 && (path[2] == '/' || !path[2])) return true;
  return false;
}

// inside, the container's namespaces. The key is a path below /proc/sys. ENOENT: this kernel has no such parameter ·
// EINVAL: the kernel does not take the value · EACCES: not a parameter of the container's namespaces.
int op_write_sysctl(struct context *ctx, const struct op_write_sysctl *op) {
  char path[PATH_MAX], detail[PATH_MAX];
  errno = EINVAL;
  if (climbs(op->key) || strlen(op->key) + 5 > sizeof path) return fail(ctx, "openat2", op->key);
  join_text(path, sizeof path, "sys/", op->key, NULL);
  autoclose int fd = path_open_proc(ctx, path, O_WRONLY);
  if (fd < 0) return -1;
  if (write_text(fd, op->value) == 0) return 0;
  return fail(ctx, "write", join_text(detail, sizeof detail, op->key, "=", op->value, NULL));
}

// inside, own UTS namespace.
int op_set_hostname(struct context *ctx, const struct op_set_hostname *op) {
  return sethostname(op->name, strlen(op->name)) < 0 ? fail(ctx, "sethostname", op->name) : 0;
}

int op_set_domainname(struct context *ctx, const struct op_set_domainname *op) {
  return setdomainname(op->name, strlen(op->name)) < 0 ? fail(ctx, "setdomainname", op->name) : 0;
}
