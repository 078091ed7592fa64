// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "filesystem.h"
#include "kernel.h"
#include "path.h"

#define ATTR_ATIME 0x70u

static int set_attributes(struct context *ctx, int mount, uint64_t set, uint64_t clear, bool recursive) {
  if (set == 0 && clear == 0) return 0;
  struct mount_attr attr = {.attr_set = set, .attr_clr = clear};
  unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0u);
  return sys_mount_setattr(mount, "", flags, &attr) < 0 ? fail(ctx, "mount_setattr", "") : 0;
}

static int set_propagation(int dirfd, const char *path, uint64_t propagation) {
  struct mount_attr attr = {.propagation = propagation & ~(uint64_t)MS_REC};
  unsigned flags = (*path ? 0u : AT_EMPTY_PATH) | (propagation & MS_REC ? AT_RECURSIVE : 0u);
  return sys_mount_setattr(dirfd, path, flags, &attr);
}

static int clone_tree(struct context *ctx, const char *source, bool recursive) {
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0u);
  int tree = sys_open_tree(AT_FDCWD, source, flags);
  return tree < 0 ? fail2(ctx, "open_tree", "source ", source) : tree;
}

// keeper, host, for containers in a user namespace, whose root may not reach the source. ENOENT: no such source.
// Slave, as every mount of a mount namespace becomes that a user namespace owns: nothing propagates to the host.
int op_open_tree(struct context *ctx, const struct op_open_tree *op) {
  autoclose int tree = clone_tree(ctx, op->source, op->recursive);
  if (tree < 0) return -1;
  if (set_propagation(tree, "", MS_SLAVE | MS_REC) < 0) return fail(ctx, "mount_setattr", "MS_SLAVE");
  if (tree == op->slot) {
    tree = -1;
    return 0;
  }
  return dup3(tree, op->slot, O_CLOEXEC) < 0 ? fail(ctx, "dup3", "") : 0;
}

// setup and inside. Before bind_rootfs / is the host tree as our mount namespace sees it.
int op_set_mount_propagation(struct context *ctx, const struct op_set_mount_propagation *op) {
  if (ctx->root < 0) return set_propagation(AT_FDCWD, "/", op->propagation) < 0 ? fail(ctx, "mount_setattr", "/") : 0;
  autoclose int fd = path_open(ctx, op->target);
  if (fd < 0) return -1;
  return set_propagation(fd, "", op->propagation) < 0 ? fail(ctx, "mount_setattr", op->target) : 0;
}

// CVE-2019-19921: /proc and /sys behind a symbolic link would leave the real ones to the image.
static int check_real_directory(struct context *ctx, const char *path) {
  struct open_how how = {.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS};
  autoclose int fd = sys_openat2(ctx->root, path, &how);
  if (fd < 0 && errno == ENOENT) return 0;
  struct stat st;
  if (fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) return 0;
  errno = ENOTDIR;
  return fail2(ctx, "openat2", path, " must be mounted on ordinary directory");
}

static bool has_mode(const struct strings *options) {
  for (uint32_t i = 0; i < options->count; i++)
    if (strncmp(options->items[i], "mode=", 5) == 0) return true;
  return false;
}

static char *octal_mode(char buffer[16], mode_t mode) {
  char digits[5] = {0};
  for (int i = 3; i >= 0; i--, mode >>= 3) digits[i] = (char)('0' + (mode & 7));
  return strcat(strcpy(buffer, "mode="), digits);
}

// setup. EINVAL: the filesystem refuses an option, which the detail names; ENODEV: the kernel has no such filesystem.
int op_mount_fs(struct context *ctx, const struct op_mount_fs *op) {
  if (op->real_directory && check_real_directory(ctx, op->target) < 0) return -1;
  bool existed;
  autoclose int target = path_make_target(ctx, op->target, true, &existed);
  if (target < 0) return -1;
  char mode[16];
  struct stat st;
  struct filesystem fs = {op->fstype, op->source, op->superblock_flags, &op->options, NULL};
  if (op->keep_mode && existed && !has_mode(&op->options) && fstat(target, &st) == 0)
    fs.more = octal_mode(mode, st.st_mode & 07777);
  if (path_refuse_root(ctx, target, op->target) < 0) return -1;
  if (filesystem_needs_mount2(&fs)) {
    if (filesystem_mount2(ctx, &fs, target) < 0) return -1;
    autoclose int mount = path_open(ctx, op->target);
    return mount < 0 ? -1 : set_attributes(ctx, mount, op->attributes_set, op->attributes_set & ATTR_ATIME ? ATTR_ATIME : 0, false);
  }
  autoclose int mount = filesystem_create(ctx, &fs, op->attributes_set);
  if (mount < 0) return -1;
  if (op->copy_up && existed && copy_up(ctx, target, mount) < 0) return -1;
  return path_attach(ctx, mount, target, op->target);
}

static int check_magic(struct context *ctx, int tree, uint64_t magic, const char *source) {
  struct statfs fs;
  if (magic == 0) return 0;
  if (fstatfs(tree, &fs) < 0) return fail(ctx, "fstatfs", source);
  errno = EINVAL;
  return (uint64_t)fs.f_type == magic ? 0 : fail2(ctx, "fstatfs", source, " is not of type proc");
}

static int kind_mismatch(struct context *ctx, const struct op_mount_bind *op, bool directory) {
  if (ctx->failure.error != ENOTDIR || strcmp(ctx->failure.syscall, "fstat") != 0) return -1;
  char detail[sizeof ctx->failure.detail];
  errno = ENOTDIR;
  const char *kinds[] = {"source is a file, target ", "source is a directory, target "};
  return fail(ctx, "mount", join_text(detail, sizeof detail, kinds[directory], op->target, directory ? " is a file" : " is a directory", NULL));
}

// setup. ENOENT: the source does not exist; ENOTDIR: source and target are not of one kind; EPERM: in a user
// namespace, an attribute that the kernel locked would be cleared.
int op_mount_bind(struct context *ctx, const struct op_mount_bind *op) {
  autoclose int tree = op->slot >= 0 ? op->slot : clone_tree(ctx, op->source, op->recursive);
  struct stat st;
  if (tree < 0) return -1;
  if (fstat(tree, &st) < 0) return fail2(ctx, "fstat", "source ", op->source);
  if (check_magic(ctx, tree, op->require_fs_magic, op->source) < 0) return -1;
  bool existed, directory = S_ISDIR(st.st_mode);
  autoclose int target = path_make_target(ctx, op->target, directory, &existed);
  if (target < 0) return kind_mismatch(ctx, op, directory);
  if (set_attributes(ctx, tree, op->attributes_set, op->attributes_clear, false) < 0) return -1;
  if (set_attributes(ctx, tree, op->recursive_set, op->recursive_clear, true) < 0) return -1;
  return path_attach(ctx, tree, target, op->target);
}

// setup and inside. EPERM: the kernel locked the attribute when the mount entered a user namespace.
int op_set_mount_attributes(struct context *ctx, const struct op_set_mount_attributes *op) {
  autoclose int mount = path_open(ctx, op->target);
  if (mount < 0) return -1;
  if (set_attributes(ctx, mount, op->set, op->clear, op->recursive) < 0) return fail(ctx, "mount_setattr", op->target);
  if (op->superblock_flags == 0 && op->options.count == 0) return 0;
  return filesystem_reconfigure(ctx, mount, op->superblock_flags, &op->options);
}
