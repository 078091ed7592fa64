// SPDX-License-Identifier: Apache-2.0
#include "host_mounts.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "filesystem.h"
#include "kernel.h"
#include "path.h"

#define TEXT_ROOM (1ul << 25)
// A line is never shorter than its entry.
#define ROOM (2 * TEXT_ROOM)

static int read_whole(const char *path, char *to, size_t room) {
  autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  size_t used = 0;
  ssize_t got;
  while ((got = read(fd, to + used, room - 1 - used)) > 0) used += (size_t)got;
  if (got < 0) return -1;
  errno = EFBIG;
  return used + 1 < room ? 0 : -1;
}

// "\040" stands for a space, and so on.
static void unescape(char *path) {
  char *to = path;
  for (; *path; path++) {
    bool escaped = path[0] == '\\' && path[1] && path[2] && path[3];
    *to++ = escaped ? (char)((path[1] - '0') * 64 + (path[2] - '0') * 8 + (path[3] - '0')) : *path;
    if (escaped) path += 3;
  }
  *to = 0;
}

static bool read_line(char *line, struct host_mount *mount) {
  char *after = strstr(line, " - "), *field = NULL;
  if (!after) return false;
  mount->type = after + 3;
  after[3 + strcspn(mount->type, " ")] = 0;
  mount->id = 0;
  for (const char *at = line; *at >= '0' && *at <= '9'; at++) mount->id = mount->id * 10 + (uint64_t)(*at - '0');
  for (int i = 0; i < 5; i++) field = strsep(&line, " ");
  mount->point = field;
  if (!field) return false;
  unescape(field);
  return true;
}

int host_mounts_read(struct context *ctx, struct host_mounts *mounts) {
  mounts->room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mounts->room == MAP_FAILED) return fail(ctx, "mmap", "");
  if (read_whole("/proc/self/mountinfo", mounts->room, TEXT_ROOM) < 0) {
    int failed = fail(ctx, "read", "/proc/self/mountinfo");
    host_mounts_forget(mounts);
    return failed;
  }
  mounts->items = (struct host_mount *)(void *)(mounts->room + TEXT_ROOM);
  mounts->count = 0;
  char *text = mounts->room;
  for (char *line; (line = strsep(&text, "\n")) && *line;)
    if (read_line(line, &mounts->items[mounts->count])) mounts->count++;
  return 0;
}

void host_mounts_forget(struct host_mounts *mounts) { munmap(mounts->room, ROOM); }

static const char *find_point(const struct host_mounts *mounts, int fd) {
  struct mount_place place;
  if (sys_mount_place(fd, &place) < 0) return NULL;
  for (size_t i = 0; i < mounts->count; i++)
    if (mounts->items[i].id == place.mount_id) return mounts->items[i].point;
  return NULL;
}

bool is_at_or_below(const char *path, const char *directory) {
  size_t length = strlen(directory);
  return strncmp(path, directory, length) == 0 && (path[length] == '/' || !path[length]);
}

// O_PATH descriptor of the mount if it is what its path leads to, -1 if another mount covers it.
static int open_uncovered(const struct host_mount *mount) {
  autoclose int fd = open(mount->point, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  struct mount_place place;
  if (fd < 0 || sys_mount_place(fd, &place) < 0 || place.mount_id != mount->id) return -1;
  int found = fd;
  fd = -1;
  return found;
}

static int hide(struct context *ctx, const struct host_mount *mount) {
  autoclose int target = open_uncovered(mount);
  struct stat st;
  if (target < 0 || umount2(mount->point, MNT_DETACH | UMOUNT_NOFOLLOW) == 0) return 0;
  // EINVAL: a user namespace cannot take away what it has inherited.
  if (errno != EINVAL && errno != EPERM) return fail(ctx, "umount", mount->point);
  if (fstat(target, &st) < 0) return fail(ctx, "fstat", mount->point);
  if (!S_ISDIR(st.st_mode)) return 0;
  autoclose int empty = filesystem_empty(ctx);
  return empty < 0 ? -1 : path_attach(ctx, empty, target, mount->point);
}

static bool is_kernel_view(const struct host_mount *mount) {
  return strcmp(mount->type, "proc") == 0 || strcmp(mount->type, "sysfs") == 0;
}

// An unmount travels along the peer group of the parent mount, so every mount outside the root becomes a slave first.
// What goes with its mounts does with all of them: one that another covers, as systemd's automount of binfmt_misc is,
// cannot be opened.
static int cut_off(struct context *ctx, const struct host_mount *mount) {
  autoclose int fd = open_uncovered(mount);
  struct mount_attr attr = {.propagation = MS_SLAVE};
  unsigned flags = AT_EMPTY_PATH | (is_kernel_view(mount) ? AT_RECURSIVE : 0);
  if (fd < 0 || sys_mount_setattr(fd, "", flags, &attr) == 0) return 0;
  return fail(ctx, "mount_setattr", mount->point);
}

static int hide_all(struct context *ctx, const struct host_mounts *mounts) {
  const char *root = find_point(mounts, ctx->root);
  errno = ENOENT;
  if (!root) return fail(ctx, "statx", "the root filesystem is no mount of this namespace");
  for (size_t i = 0; i < mounts->count; i++)
    if (!is_at_or_below(mounts->items[i].point, root) && cut_off(ctx, &mounts->items[i]) < 0) return -1;
  // What was mounted last lies on top.
  for (size_t i = mounts->count; i-- > 0;) {
    const struct host_mount *mount = &mounts->items[i];
    if (is_kernel_view(mount) && !is_at_or_below(mount->point, root) && hide(ctx, mount) < 0) return -1;
  }
  return 0;
}

int hide_host_mounts(struct context *ctx) {
  struct host_mounts mounts;
  if (host_mounts_read(ctx, &mounts) < 0) return -1;
  int hidden = hide_all(ctx, &mounts);
  host_mounts_forget(&mounts);
  return hidden;
}
