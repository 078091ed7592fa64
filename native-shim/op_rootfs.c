// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "host_mounts.h"
#include "kernel.h"
#include "path.h"

#define INITIAL_USER_NAMESPACE 0xeffffffd // its inode number in nsfs, PROC_USER_INIT_INO

// pivot_root(2) refuses a root whose parent mount is shared, and a shared parent would carry our mounts to the host.
// Slave rather than private, because rootfsPropagation slave is to keep its master.
static int make_mount_slave(struct context *ctx, int directory, const char *path) {
  autoclose int at = openat(directory, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  struct mount_place place = {0}, before;
  while (at >= 0) {
    before = place;
    if (sys_mount_place(at, &place) < 0) break;
    if (place.attributes & PLACE_IS_MOUNT_ROOT) {
      struct mount_attr attr = {.propagation = MS_SLAVE};
      return sys_mount_setattr(at, "", AT_EMPTY_PATH, &attr) < 0 ? fail2(ctx, "mount_setattr", "mount of ", path) : 0;
    }
    errno = EINVAL; // the root directory of this process is inside a mount
    if (place.inode == before.inode && place.mount_id == before.mount_id) break;
    int up = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
    close_fd(&at);
    at = up;
  }
  return fail2(ctx, "openat", "mount of ", path);
}

// A root behind directories that this user may not enter comes as a descriptor and is mounted over /: that hides
// nothing, because absolute paths go on starting below it.
static int open_place(const char *source, bool has_tree) {
  int fd = open(source, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0 || errno != EACCES || !has_tree) return fd;
  return open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

// For mask_path: CVE-2025-31133, a /dev/null of the image is not to be trusted. Read-only, or the container's root
// could change the mode of the host's device. What fails here is told when a path is to be masked.
static int clone_null_device(void) {
  autoclose int tree = sys_open_tree(AT_FDCWD, "/dev/null", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
  struct stat st;
  if (tree < 0 || fstat(tree, &st) < 0 || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3)) return -1;
  struct mount_attr attr = {
      .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, .propagation = MS_PRIVATE};
  if (sys_mount_setattr(tree, "", AT_EMPTY_PATH, &attr) < 0) return -1;
  int null_tree = tree;
  tree = -1;
  return null_tree;
}

static int clone_source(struct context *ctx, const struct op_bind_rootfs *op) {
  if (op->slot >= 0) return op->slot;
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | (op->recursive ? AT_RECURSIVE : 0u);
  int tree = sys_open_tree(ctx->rootfs_under, "", flags);
  return tree < 0 ? fail2(ctx, "open_tree", "source ", op->source) : tree;
}

// setup. Makes the mount under the root a slave and attaches a clone of the root over it, in the container's own
// mount namespace; with holdOnly it changes nothing at all. ENOENT, ENOTDIR: there is no such directory ·
// EINVAL: this process lives in a chroot that is no mount point.
int op_bind_rootfs(struct context *ctx, const struct op_bind_rootfs *op) {
  ctx->null_tree = ctx->null_mask = ctx->empty_mask = -1;
  ctx->rootfs_under = open_place(op->source, op->slot >= 0);
  if (ctx->rootfs_under < 0) return fail2(ctx, "open", "source ", op->source);
  if (op->hold_only) {
    ctx->root = ctx->rootfs_under;
    ctx->rootfs_under = -1;
    return 0;
  }
  // Before the clone, which would otherwise be of the same peer group.
  if (make_mount_slave(ctx, ctx->rootfs_under, op->source) < 0) return -1;
  int tree = clone_source(ctx, op);
  if (tree < 0) return -1;
  ctx->null_tree = clone_null_device();
  unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  if (sys_move_mount(tree, "", ctx->rootfs_under, "", flags) < 0)
    return fail2(ctx, "move_mount", "source ", op->source);
  ctx->root = tree;
  return 0;
}

// A user namespace gets a procfs only while it sees a whole one: now, as long as the host's is there.
static void keep_procfs(struct context *ctx) {
  struct stat st;
  if (stat("/proc/self/ns/user", &st) == 0 && st.st_ino == INITIAL_USER_NAMESPACE) return;
  path_hold_proc(ctx); // what fails here is told by the step that needs it
}

// From here on / is the container's, and no descriptor leads to the host's tree.
static int settle_root(struct context *ctx) {
  if (chdir("/") < 0) return fail(ctx, "chdir", "/");
  int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) return fail(ctx, "open", "/");
  close_fd(&ctx->root);
  close_fd(&ctx->rootfs_under);
  ctx->root = root;
  ctx->rootfs_under = -1;
  return 0;
}

// setup, last. Changes the root of the container's mount namespace. EINVAL: the root or the mount below it is shared,
// or the old root is an initramfs, which move_root is for.
int op_pivot_root(struct context *ctx, const struct op_pivot_root *op) {
  (void)op;
  keep_procfs(ctx);
  autoclose int old = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (old < 0 || fchdir(ctx->root) < 0) return fail(ctx, "fchdir", "the root filesystem");
  // The old root ends up on top of the new one, see pivot_root(2).
  if (sys_pivot_root(".", ".") < 0) return fail(ctx, "pivot_root", "");
  // Slave, so that the host loses nothing by the unmount that follows.
  struct mount_attr attr = {.propagation = MS_SLAVE};
  if (sys_mount_setattr(old, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr) < 0)
    return fail(ctx, "mount_setattr", "the old root");
  if (fchdir(old) < 0 || umount2(".", MNT_DETACH) < 0) return fail(ctx, "umount", "the old root");
  return settle_root(ctx);
}

static int enter_root(struct context *ctx) {
  if (fchdir(ctx->root) < 0) return fail(ctx, "fchdir", "the root filesystem");
  return chroot(".") < 0 ? fail(ctx, "chroot", "the root filesystem") : settle_root(ctx);
}

// setup, last. Takes the host's procfs and sysfs out of the container's mount namespace, covers / with the root and
// changes into it: the old root stays underneath, out of reach of paths. EINVAL: the mount below the root is shared.
int op_move_root(struct context *ctx, const struct op_move_root *op) {
  (void)op;
  keep_procfs(ctx);
  if (hide_host_mounts(ctx) < 0) return -1;
  int moved = sys_move_mount(ctx->root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);
  if (moved < 0 && errno != ELOOP) return fail(ctx, "move_mount", "/"); // ELOOP: it has been there from the start
  return enter_root(ctx);
}

// setup, last. Changes this process's root and no mount.
int op_change_root(struct context *ctx, const struct op_change_root *op) {
  (void)op;
  keep_procfs(ctx);
  return enter_root(ctx);
}

// setup, in the container's mount namespace, or with a root of the container's process. What was held of the host ends.
int op_enter_root(struct context *ctx, const struct op_enter_root *op) {
  close_fd(&ctx->proc);
  ctx->proc = -1;
  ctx->root = op->slot;
  return ctx->root < 0 ? settle_root(ctx) : enter_root(ctx);
}
