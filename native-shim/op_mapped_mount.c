// SPDX-License-Identifier: Apache-2.0
// Mounts whose ids are mapped (mount_setattr(2), MOUNT_ATTR_IDMAP). The kernel maps only what is attached nowhere yet,
// and only for whoever has CAP_SYS_ADMIN over the filesystem: so the keeper does it, on the host.
#include <errno.h>
#include <string.h>

#include "filesystem.h"
#include "host_mounts.h"
#include "interpret.h"
#include "kernel.h"
#include "path.h"

static int map_ids(int tree, int user_namespace, bool recursive) {
  struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (__u64)user_namespace};
  return sys_mount_setattr(tree, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0u), &attr);
}

static bool is_mappable(const char *path, int user_namespace) {
  autoclose int tree = sys_open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  return tree < 0 || map_ids(tree, user_namespace, false) == 0;
}

// The path of an open descriptor without symbolic links.
static bool read_real_path(int fd, char path[PATH_MAX]) {
  char link[64] = "/proc/self/fd/", digits[21];
  strcat(link, decimal(digits, (uint64_t)fd));
  ssize_t length = readlinkat(AT_FDCWD, link, path, PATH_MAX - 1);
  path[length < 0 ? 0 : length] = 0;
  return length > 0;
}

static const struct host_mount *find_unmappable(const struct host_mounts *mounts, const struct op_map_tree *op) {
  char top[PATH_MAX];
  struct mount_place place;
  autoclose int fd = open(op->source, O_PATH | O_CLOEXEC);
  if (fd < 0 || sys_mount_place(fd, &place) < 0 || !read_real_path(fd, top)) return NULL;
  for (size_t i = 0; i < mounts->count; i++) {
    const struct host_mount *mount = &mounts->items[i];
    bool is_top = mount->id == place.mount_id;
    if (!is_top && !(op->recursive && is_at_or_below(mount->point, top))) continue;
    if (!is_mappable(is_top ? top : mount->point, op->id_map)) return mount;
  }
  return NULL;
}

static int fail_unmappable(struct context *ctx, const char *type, const char *where) {
  char detail[sizeof ctx->failure.detail];
  errno = EINVAL;
  join_text(detail, sizeof detail, "filesystem \"", type, "\" ", where, " does not support id-mapped mounts", NULL);
  return fail(ctx, "mount_setattr", detail);
}

// EINVAL is all that the kernel says about a tree; which of its mounts it means is found out by trying each.
static int explain(struct context *ctx, const struct op_map_tree *op) {
  char where[PATH_MAX + 8];
  struct host_mounts mounts;
  if (host_mounts_read(ctx, &mounts) < 0) return -1;
  const struct host_mount *mount = find_unmappable(&mounts, op);
  errno = EINVAL;
  int failed = mount ? fail_unmappable(ctx, mount->type, join_text(where, sizeof where, "of ", mount->point, NULL))
                     : fail2(ctx, "mount_setattr", "source ", op->source);
  host_mounts_forget(&mounts);
  return failed;
}

// keeper, host. EINVAL: the kernel cannot map ids of one of these filesystems, or the tree has mapped ids already ·
// EPERM: no CAP_SYS_ADMIN over the filesystem, or the user namespace is the host's first.
int op_map_tree(struct context *ctx, const struct op_map_tree *op) {
  if (map_ids(op->slot, op->id_map, op->recursive) == 0) return 0;
  return errno == EINVAL ? explain(ctx, op) : fail2(ctx, "mount_setattr", "source ", op->source);
}

// keeper, host. As mount_fs, but attached nowhere; EINVAL and EPERM of mount_setattr(2) as in map_tree.
int op_open_mapped_filesystem(struct context *ctx, const struct op_open_mapped_filesystem *op) {
  struct filesystem fs = {op->fstype, op->source, op->superblock_flags, &op->options, NULL};
  errno = EINVAL;
  if (filesystem_needs_mount2(&fs)) return fail(ctx, "fsconfig", "an option that only mount(2) takes");
  int mount = filesystem_create(ctx, &fs, op->attributes_set);
  if (mount < 0) return -1;
  if (map_ids(mount, op->id_map, false) == 0) return move_to_slot(ctx, mount, op->slot);
  int failed = errno == EINVAL ? fail_unmappable(ctx, op->fstype, "made on the host") : fail(ctx, "mount_setattr", op->fstype);
  close(mount);
  return failed;
}

// setup.
int op_attach_filesystem(struct context *ctx, const struct op_attach_filesystem *op) {
  bool existed;
  autoclose int mount = op->slot;
  autoclose int target = path_make_target(ctx, op->target, true, &existed);
  if (target < 0 || path_refuse_link_to_proc(ctx, target, op->target) < 0) return -1;
  return path_attach(ctx, mount, target, op->target);
}
