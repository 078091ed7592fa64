// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "filesystem.h"
#include "kernel.h"
#include "path.h"

#define PROC_MAGIC 0x9fa0
#define PROC_ROOT_INODE 1

static int set_attributes(int tree, uint64_t set, uint64_t clear, bool recursive) {
  if (!set && !clear) return 0;
  struct mount_attr attr = {.attr_set = set, .attr_clr = clear};
  return sys_mount_setattr(tree, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0u), &attr);
}

// keeper, host mount namespace: attaches and changes nothing there, because the tree is a clone and detached.
// ENOENT: no such source. Slave, so that no mount of the container's travels back to the host.
int op_open_tree(struct context *ctx, const struct op_open_tree *op) {
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (op->recursive ? AT_RECURSIVE : 0u);
  autoclose int tree = sys_open_tree(AT_FDCWD, op->source, flags);
  if (tree < 0) return fail2(ctx, "open_tree", "source ", op->source);
  struct mount_attr attr = {.propagation = MS_SLAVE};
  if (sys_mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr) < 0)
    return fail2(ctx, "mount_setattr", "source ", op->source);
  if (tree == op->slot) tree = -1;
  else if (dup3(tree, op->slot, O_CLOEXEC) < 0) return fail(ctx, "dup3", "");
  return 0;
}

// setup or inside, the container's mount namespace. Before bind_rootfs the one target is /, the host's tree as this
// namespace has it; later a mount below the root. EINVAL: the target is not a mount point.
int op_set_mount_propagation(struct context *ctx, const struct op_set_mount_propagation *op) {
  unsigned flags = AT_EMPTY_PATH | (op->propagation & MS_REC ? AT_RECURSIVE : 0u);
  struct mount_attr attr = {.propagation = op->propagation & ~(uint64_t)MS_REC};
  errno = EINVAL;
  if (ctx->root < 0 && strcmp(op->target, "/") != 0) return fail(ctx, "mount_setattr", "no root filesystem yet");
  autoclose int fd = ctx->root < 0 ? open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) : path_open(ctx, op->target);
  if (fd < 0) return ctx->root < 0 ? fail(ctx, "open", "/") : -1;
  return sys_mount_setattr(fd, "", flags, &attr) < 0 ? fail(ctx, "mount_setattr", op->target) : 0;
}

// CVE-2019-19921, CVE-2023-27561, CVE-2025-54867: procfs and sysfs behind a link of the image would leave the paths
// that are masked and labelled later to the image.
static int make_real_directory(struct context *ctx, const struct op_mount_fs *op, bool *existed) {
  char buffer[NAME_MAX + 1], detail[PATH_MAX];
  const char *name;
  autoclose int parent = path_open_parent(ctx, op->target, &name, buffer, sizeof buffer);
  if (parent < 0) return -1;
  *existed = mkdirat(parent, name, 0755) < 0 && errno == EEXIST;
  int fd = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0) return fd;
  join_text(detail, sizeof detail, "\"", op->fstype, "\" must be mounted on ordinary directory ", op->target, NULL);
  return fail(ctx, "openat", detail);
}

// A tmpfs over a directory of the image takes over its mode, so that /tmp stays 1777.
static const char *mode_option(char option[16], int target) {
  struct stat st;
  if (fstat(target, &st) < 0) return NULL;
  strcpy(option, "mode=0000");
  for (int digit = 0; digit < 4; digit++) option[8 - digit] = (char)('0' + (st.st_mode >> 3 * digit & 7));
  return option;
}

// The classic call attaches at once and gives no descriptor: the mount is found at its target.
static int mount_classic(struct context *ctx, const struct op_mount_fs *op, const struct filesystem *fs, int target) {
  if (path_refuse_root(ctx, target, op->target) < 0 || filesystem_mount2(ctx, fs, target) < 0) return -1;
  autoclose int mount = path_open(ctx, op->target);
  if (mount < 0) return -1;
  uint64_t clear = op->attributes_set & MOUNT_ATTR__ATIME ? MOUNT_ATTR__ATIME : 0;
  if (set_attributes(mount, op->attributes_set, clear, false) < 0) return fail(ctx, "mount_setattr", op->target);
  return op->copy_up ? copy_up(ctx, target, mount) : 0;
}

// setup. Creates one superblock and attaches it below the root. EINVAL, ENOPARAM: an option, named in the detail ·
// ENODEV: unknown type · EPERM: the user namespace may not mount it · EBUSY: a cgroup controller is in use elsewhere.
int op_mount_fs(struct context *ctx, const struct op_mount_fs *op) {
  bool existed = false;
  char mode[16];
  autoclose int target = op->real_directory ? make_real_directory(ctx, op, &existed)
                                            : path_make_target(ctx, op->target, true, &existed);
  if (target < 0 || path_refuse_link_to_proc(ctx, target, op->target) < 0) return -1;
  struct filesystem fs = {op->fstype, op->source, op->superblock_flags, &op->options, NULL};
  if (op->keep_mode && existed) fs.more = mode_option(mode, target);
  if (filesystem_needs_mount2(&fs)) return mount_classic(ctx, op, &fs, target);
  autoclose int mount = filesystem_create(ctx, &fs, op->attributes_set);
  if (mount < 0 || (op->copy_up && copy_up(ctx, target, mount) < 0)) return -1;
  return path_attach(ctx, mount, target, op->target);
}

static int open_source(struct context *ctx, const struct op_mount_bind *op) {
  if (op->slot >= 0) return op->slot;
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (op->recursive ? AT_RECURSIVE : 0u);
  int tree = sys_open_tree(AT_FDCWD, op->source, flags);
  return tree < 0 ? fail2(ctx, "open_tree", "source ", op->source) : tree;
}

// CVE-2019-16884: only the root of a procfs may lie on /proc, or labels would be written to files of the image.
static int check_filesystem(struct context *ctx, const struct op_mount_bind *op, int tree, const struct stat *st) {
  struct statfs fs;
  if (!op->require_fs_magic) return 0;
  if (fstatfs(tree, &fs) < 0) return fail2(ctx, "fstatfs", "source ", op->source);
  bool is_procfs = op->require_fs_magic != PROC_MAGIC || st->st_ino == PROC_ROOT_INODE;
  if ((uint64_t)fs.f_type == op->require_fs_magic && is_procfs) return 0;
  char detail[PATH_MAX];
  const char *type = op->require_fs_magic == PROC_MAGIC ? "proc" : "the required kind";
  join_text(detail, sizeof detail, "source ", op->source, " is not of type ", type, NULL);
  errno = EINVAL;
  return fail(ctx, "fstatfs", detail);
}

static int make_bind_target(struct context *ctx, const struct op_mount_bind *op, bool directory) {
  bool existed;
  int target = path_make_target(ctx, op->target, directory, &existed);
  if (target >= 0) return target;
  char detail[sizeof ctx->failure.detail];
  const char *kind = directory ? "source is a directory, " : "source is a file, ";
  errno = ctx->failure.error;
  // Only a missing source may be forgiven.
  if (errno == ENOENT) errno = EIO;
  return fail2(ctx, ctx->failure.syscall, kind, join_text(detail, sizeof detail, ctx->failure.detail, NULL));
}

// setup. Attaches a clone of host mounts below the root; the originals stay as they are. ENOENT: the source is missing,
// which a step may forgive · ENOTDIR: one of source and target is a directory · EPERM: clearing an attribute that
// a user namespace has inherited and may not clear.
int op_mount_bind(struct context *ctx, const struct op_mount_bind *op) {
  autoclose int tree = open_source(ctx, op);
  struct stat st;
  if (tree < 0) return -1;
  if (fstat(tree, &st) < 0) return fail2(ctx, "fstat", "source ", op->source);
  if (check_filesystem(ctx, op, tree, &st) < 0) return -1;
  autoclose int target = make_bind_target(ctx, op, S_ISDIR(st.st_mode));
  if (target < 0 || path_refuse_link_to_proc(ctx, target, op->target) < 0) return -1;
  // Before anybody can reach the mount. The recursive change comes last: what it says holds for the top as well.
  if (set_attributes(tree, op->attributes_set, op->attributes_clear, false) < 0 ||
      set_attributes(tree, op->recursive_set, op->recursive_clear, true) < 0)
    return fail2(ctx, "mount_setattr", "attributes of source ", op->source);
  return path_attach(ctx, tree, target, op->target);
}

// setup or inside. Changes a mount that is there, never its propagation. EINVAL: the target is not a mount point, or
// an option is unknown · EPERM: an inherited attribute is locked · EBUSY: read-only while a file is open for writing.
int op_set_mount_attributes(struct context *ctx, const struct op_set_mount_attributes *op) {
  autoclose int mount = path_open(ctx, op->target);
  if (mount < 0) return -1;
  if ((op->superblock_flags || op->options.count) &&
      filesystem_reconfigure(ctx, mount, op->superblock_flags, &op->options) < 0)
    return -1;
  return set_attributes(mount, op->set, op->clear, op->recursive) < 0 ? fail(ctx, "mount_setattr", op->target) : 0;
}
