// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "filesystem.h"
#include "kernel.h"
#include "path.h"

static int clone_of(struct context *ctx, int tree) {
  int clone = sys_open_tree(tree, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
  return clone < 0 ? fail(ctx, "open_tree", "mask") : clone;
}

// A detached tree cannot be cloned before Linux 6.15, an attached one can: the first mask is attached as it is and
// kept for the clones that cover every other path.
static int mask_with(struct context *ctx, int *first, int (*make)(struct context *), int target, const char *path) {
  if (*first >= 0) {
    autoclose int clone = clone_of(ctx, *first);
    return clone < 0 ? -1 : path_attach(ctx, clone, target, path);
  }
  int tree = make(ctx);
  if (tree < 0) return -1;
  *first = tree;
  return path_attach(ctx, tree, target, path);
}

// CVE-2025-31133: the mask is the host's null device, verified, or else the container's own after the same check.
static int null_device(struct context *ctx) {
  if (ctx->null_tree >= 0) return ctx->null_tree;
  struct open_how how = {.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS};
  autoclose int fd = sys_openat2(ctx->root, "/dev/null", &how);
  struct stat st;
  if (fd < 0 || fstat(fd, &st) < 0 || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3)) {
    errno = ENODEV;
    return fail(ctx, "openat2", "/dev/null is not the null device");
  }
  return clone_of(ctx, fd);
}

// inside. ENOENT, which may be forgiven, is only ever about the masked path itself (security: fail closed).
int op_mask_path(struct context *ctx, const struct op_mask_path *op) {
  autoclose int target = path_open(ctx, op->target);
  if (target < 0) return -1;
  struct stat st;
  if (fstat(target, &st) < 0) return fail(ctx, "fstat", op->target);
  int done = S_ISDIR(st.st_mode) ? mask_with(ctx, &ctx->empty_mask, filesystem_empty, target, op->target)
                                 : mask_with(ctx, &ctx->null_mask, null_device, target, op->target);
  if (done < 0 && ctx->failure.error == ENOENT) ctx->failure.error = EIO;
  return done;
}

// inside. ENOENT may be forgiven: there is nothing to protect.
int op_readonly_path(struct context *ctx, const struct op_readonly_path *op) {
  autoclose int target = path_open(ctx, op->target);
  if (target < 0) return -1;
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE;
  autoclose int tree = sys_open_tree(target, "", flags);
  struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
  int done = tree < 0 ? fail(ctx, "open_tree", op->target)
             : sys_mount_setattr(tree, "", AT_EMPTY_PATH, &attr) < 0 ? fail(ctx, "mount_setattr", op->target)
                                                                     : path_attach(ctx, tree, target, op->target);
  if (done < 0 && ctx->failure.error == ENOENT) ctx->failure.error = EIO;
  return done;
}

// inside. CVE-2025-52881: through a procfs that no mount of the container can redirect. EINVAL: not a value for it.
int op_write_sysctl(struct context *ctx, const struct op_write_sysctl *op) {
  char path[PATH_MAX];
  join_text(path, sizeof path, "sys/", op->key, NULL);
  autoclose int file = path_open_proc(ctx, path, O_WRONLY);
  if (file < 0) return -1;
  return write_text(file, op->value) < 0 ? fail(ctx, "write", op->key) : 0;
}

// inside, own UTS namespace.
int op_set_hostname(struct context *ctx, const struct op_set_hostname *op) {
  return sethostname(op->name, strlen(op->name)) < 0 ? fail(ctx, "sethostname", op->name) : 0;
}

int op_set_domainname(struct context *ctx, const struct op_set_domainname *op) {
  return setdomainname(op->name, strlen(op->name)) < 0 ? fail(ctx, "setdomainname", op->name) : 0;
}
