// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "kernel.h"
#include "path.h"

// The host's /dev/null, for masks: the one in the image is the image's (CVE-2025-31133).
static int take_null_device(void) {
  int tree = sys_open_tree(AT_FDCWD, "/dev/null", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  struct stat st;
  if (tree < 0) return -1;
  if (fstat(tree, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3)) return tree;
  close(tree);
  return -1;
}

// pivot_root(2) refuses a root whose parent mount is shared. The parent's own root is found by walking up until the
// mount changes.
static int make_parent_private(struct context *ctx, int directory) {
  struct mount_place here, above;
  autoclose int fd = openat(directory, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || sys_mount_place(fd, &here) < 0) return fail(ctx, "statx", "");
  while (!(here.attributes & PLACE_IS_MOUNT_ROOT)) {
    int up = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (up < 0 || sys_mount_place(up, &above) < 0) return fail(ctx, "statx", "..");
    close(fd);
    fd = up;
    here = above;
  }
  struct mount_attr attr = {.propagation = MS_PRIVATE};
  return sys_mount_setattr(fd, "", AT_EMPTY_PATH, &attr) < 0 ? fail(ctx, "mount_setattr", "MS_PRIVATE") : 0;
}

// Where a root filesystem that the mapped root cannot reach is attached: any directory of our own mount namespace
// does, because the old tree is detached as a whole at pivot_root.
static int open_place(const char *source) {
  int fd = open(source, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return fd >= 0 || errno != EACCES ? fd : open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int attach_rootfs(struct context *ctx, const struct op_bind_rootfs *op, int tree) {
  autoclose int place = open_place(op->source);
  if (place < 0) return fail(ctx, "open", op->source);
  if (make_parent_private(ctx, place) < 0) return -1;
  unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  return sys_move_mount(tree, "", place, "", flags) < 0 ? fail(ctx, "move_mount", op->source) : 0;
}

// setup, host tree visible. ENOENT, ENOTDIR, EACCES: the root filesystem is not a reachable directory.
int op_bind_rootfs(struct context *ctx, const struct op_bind_rootfs *op) {
  ctx->null_tree = take_null_device();
  if (op->hold_only) {
    ctx->root = open(op->source, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return ctx->root < 0 ? fail(ctx, "open", op->source) : 0;
  }
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (op->recursive ? AT_RECURSIVE : 0u);
  int tree = op->slot >= 0 ? op->slot : sys_open_tree(AT_FDCWD, op->source, flags);
  if (tree < 0) return fail(ctx, "open_tree", op->source);
  if (attach_rootfs(ctx, op, tree) < 0) return -1;
  // The mount's own descriptor follows it wherever it goes; O_PATH is what openat2 needs of it.
  ctx->root = tree;
  return 0;
}

static int hold_new_root(struct context *ctx) {
  int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) return fail(ctx, "open", "/");
  close(ctx->root);
  ctx->root = root;
  return 0;
}

// setup. EINVAL: the root of an initramfs cannot be pivoted away from (--no-pivot).
int op_pivot_root(struct context *ctx, const struct op_pivot_root *op) {
  (void)op;
  if (fchdir(ctx->root) < 0) return fail(ctx, "fchdir", "");
  // The old root ends up stacked on the new one, at ".": no directory in the image is needed (pivot_root(2)).
  if (sys_pivot_root(".", ".") < 0) return fail(ctx, "pivot_root", "");
  struct mount_attr attr = {.propagation = MS_SLAVE};
  // Slave first: unmounting must not travel to the host.
  if (sys_mount_setattr(AT_FDCWD, ".", AT_RECURSIVE, &attr) < 0) return fail(ctx, "mount_setattr", "MS_SLAVE");
  if (umount2(".", MNT_DETACH) < 0) return fail(ctx, "umount2", "the old root");
  if (chdir("/") < 0) return fail(ctx, "chdir", "/");
  return hold_new_root(ctx);
}

static bool is_below(const char *path, const char *above) {
  size_t length = strlen(above);
  return strncmp(path, above, length) == 0 && (path[length] == '/' || !path[length]);
}

// A fully visible procfs or sysfs of the host would let the container mount one of its own (mount_too_revealing).
static int cover(struct context *ctx, const char *path) {
  if (umount2(path, MNT_DETACH) == 0 || errno == ENOENT) return 0;
  return mount("tmpfs", path, "tmpfs", MS_RDONLY, "mode=0000,size=0") < 0 ? fail(ctx, "mount", path) : 0;
}

static int cover_host_filesystems(struct context *ctx, const char *root) {
  static const char *const places[] = {"/proc", "/sys"};
  for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++)
    if (!is_below(root, places[i]) && cover(ctx, places[i]) < 0) return -1;
  return 0;
}

// setup, --no-pivot. The old tree stays mounted below, out of reach of paths; procfs and sysfs are taken out of it.
int op_move_root(struct context *ctx, const struct op_move_root *op) {
  (void)op;
  if (fchdir(ctx->root) < 0) return fail(ctx, "fchdir", "");
  char root[PATH_MAX];
  if (syscall(SYS_getcwd, root, sizeof root) < 0) return fail(ctx, "getcwd", "");
  if (cover_host_filesystems(ctx, root) < 0) return -1;
  if (mount(".", "/", NULL, MS_MOVE, NULL) < 0) return fail(ctx, "mount", "MS_MOVE");
  if (chroot(".") < 0) return fail(ctx, "chroot", "");
  if (chdir("/") < 0) return fail(ctx, "chdir", "/");
  return hold_new_root(ctx);
}

// setup, no mount namespace of our own.
int op_change_root(struct context *ctx, const struct op_change_root *op) {
  (void)op;
  if (fchdir(ctx->root) < 0) return fail(ctx, "fchdir", "");
  if (chroot(".") < 0) return fail(ctx, "chroot", "");
  if (chdir("/") < 0) return fail(ctx, "chdir", "/");
  return hold_new_root(ctx);
}
