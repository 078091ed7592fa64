// SPDX-License-Identifier: Apache-2.0
#include "path.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "kernel.h"

// Nothing outside the root is ever reached, and no /proc/PID/fd link is ever followed (CVE-2024-21626).
#define INSIDE (RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS)
#define PROC_MAGIC 0x9fa0
#define PROC_ROOT_INODE 1
#define MAX_LINKS 40

char *join_text(char *buffer, size_t size, ...) {
  size_t at = 0;
  va_list parts;
  va_start(parts, size);
  for (const char *part; (part = va_arg(parts, const char *));)
    while (*part && at + 1 < size) buffer[at++] = *part++;
  va_end(parts);
  buffer[at] = 0;
  return buffer;
}

// EAGAIN: a rename or mount elsewhere could have moved a ".." out of the root while the kernel looked (Linux 5.6).
static int open_below(int root, const char *path, uint64_t flags, uint64_t resolve) {
  struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = resolve};
  int fd, tries = 0;
  do fd = sys_openat2(root, path, &how);
  while (fd < 0 && (errno == EAGAIN || errno == EINTR) && ++tries < 1000);
  return fd;
}

int path_open_flags(struct context *ctx, const char *path, uint64_t flags) {
  int fd = open_below(ctx->root, path, flags, INSIDE);
  return fd < 0 ? fail(ctx, "openat2", path) : fd;
}

int path_open(struct context *ctx, const char *path) { return path_open_flags(ctx, path, O_PATH); }

int path_open_directly(struct context *ctx, const char *path) {
  int fd = open_below(ctx->root, path, O_PATH | O_DIRECTORY, INSIDE | RESOLVE_NO_SYMLINKS);
  return fd < 0 ? fail(ctx, "openat2", path) : fd;
}

// A path on its way to one without symbolic links. `done` is relative to the root and never holds "..".
struct walk {
  int root;
  unsigned links;
  char done[PATH_MAX];
  char rest[PATH_MAX];
};

static int too_long(void) {
  errno = ENAMETOOLONG;
  return -1;
}

static void drop_last(char *path) {
  char *slash = strrchr(path, '/');
  *(slash ? slash : path) = 0;
}

// Takes the next component off the rest: 1, 0 at the end, -1 for a name that no filesystem has.
static int take_name(struct walk *walk, char name[NAME_MAX + 1]) {
  char *at = walk->rest + strspn(walk->rest, "/");
  size_t length = strcspn(at, "/");
  if (length > NAME_MAX) return too_long();
  memcpy(name, at, length);
  name[length] = 0;
  memmove(walk->rest, at + length, strlen(at + length) + 1);
  return length > 0;
}

static int append_name(char *path, const char *name) {
  size_t at = strlen(path), length = strlen(name);
  if (at + length + 2 > PATH_MAX) return too_long();
  if (at) path[at++] = '/';
  memcpy(path + at, name, length + 1);
  return 0;
}

// Length of the symbolic link at `done`, 0 where there is none or nothing at all, -1 where it must not be followed.
static ssize_t read_link(struct walk *walk, char link[PATH_MAX]) {
  autoclose int fd = open_below(walk->root, walk->done, O_PATH | O_NOFOLLOW, INSIDE | RESOLVE_NO_SYMLINKS);
  if (fd < 0) return errno == ENOENT ? 0 : -1;
  struct stat st;
  if (fstat(fd, &st) < 0) return -1;
  if (!S_ISLNK(st.st_mode)) return 0;
  // The kernel alone knows which links are magic: it must at least be willing to follow this one.
  autoclose int there = open_below(walk->root, walk->done, O_PATH, INSIDE);
  if (there < 0 && errno != ENOENT) return -1;
  ssize_t length = readlinkat(fd, "", link, PATH_MAX);
  return length < PATH_MAX ? length : too_long();
}

static int follow(struct walk *walk, const char *link, size_t length) {
  if (++walk->links > MAX_LINKS) {
    errno = ELOOP;
    return -1;
  }
  size_t rest = strlen(walk->rest) + 1;
  if (length + 1 + rest > PATH_MAX) return too_long();
  memmove(walk->rest + length + 1, walk->rest, rest);
  memcpy(walk->rest, link, length);
  walk->rest[length] = '/';
  if (link[0] == '/') walk->done[0] = 0;
  else drop_last(walk->done);
  return 0;
}

// Finds the path without symbolic links that a path means, below the root, whether or not it exists: a dangling link
// such as /etc/resolv.conf -> ../run/resolv.conf means the file it names.
static int resolve(struct walk *walk) {
  char name[NAME_MAX + 1], link[PATH_MAX];
  int more;
  while ((more = take_name(walk, name)) > 0) {
    if (strcmp(name, ".") == 0) continue;
    if (strcmp(name, "..") == 0) {
      drop_last(walk->done);
      continue;
    }
    if (append_name(walk->done, name) < 0) return -1;
    ssize_t length = read_link(walk, link);
    if (length < 0 || (length > 0 && follow(walk, link, (size_t)length) < 0)) return -1;
  }
  return more;
}

static int create(int parent, const char *name, bool directory) {
  mode_t kept = umask(0);
  int made = directory ? mkdirat(parent, name, 0755)
                       : openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  umask(kept);
  if (made >= 0 && !directory) close(made);
  return made < 0 && errno != EEXIST ? -1 : 0;
}

// One step down a path, by a single name that is not "..": it cannot leave the directory it starts from.
static int step_down(int parent, const char *name, bool directory) {
  int fd = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0 || errno != ENOENT) return fd;
  if (create(parent, name, directory) < 0) return -1;
  return openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

// CVE-2024-45310: what is missing is created name by name below descriptors, never by a path.
static int make_missing(int root, const char *path, bool directory) {
  struct walk walk = {.root = root};
  if (strlen(path) >= PATH_MAX) return too_long();
  strcpy(walk.rest, path);
  if (resolve(&walk) < 0) return -1;
  strcpy(walk.rest, walk.done);
  char name[NAME_MAX + 1];
  int fd = openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  while (fd >= 0 && take_name(&walk, name) > 0) {
    int below = step_down(fd, name, directory || walk.rest[0]);
    close_fd(&fd);
    fd = below;
  }
  return fd;
}

static int check_kind(struct context *ctx, int fd, const char *path, bool directory) {
  struct stat st;
  if (fstat(fd, &st) < 0) return fail2(ctx, "fstat", "target ", path);
  if (S_ISDIR(st.st_mode) == directory && !S_ISLNK(st.st_mode)) return 0;
  errno = S_ISLNK(st.st_mode) ? ELOOP : ENOTDIR;
  char detail[PATH_MAX + 64];
  const char *kind = S_ISLNK(st.st_mode) ? " is a symbolic link" : directory ? " is a file" : " is a directory";
  return fail(ctx, "fstat", join_text(detail, sizeof detail, "target ", path, kind, NULL));
}

int path_make_target(struct context *ctx, const char *path, bool directory, bool *existed) {
  autoclose int fd = open_below(ctx->root, path, O_PATH, INSIDE);
  *existed = fd >= 0;
  if (fd < 0 && errno == ENOENT) fd = make_missing(ctx->root, path, directory);
  if (fd < 0) return fail2(ctx, "openat2", "target ", path);
  if (check_kind(ctx, fd, path, directory) < 0) return -1;
  int target = fd;
  fd = -1;
  return target;
}

int path_open_parent(struct context *ctx, const char *path, const char **name, char *buffer, size_t size) {
  char parent[PATH_MAX];
  size_t length = strlen(path);
  while (length && path[length - 1] == '/') length--;
  size_t at = length;
  while (at && path[at - 1] != '/') at--;
  errno = length >= sizeof parent || length - at >= size ? ENAMETOOLONG : EINVAL;
  if (errno == ENAMETOOLONG) return fail2(ctx, "openat2", "target ", path);
  memcpy(buffer, path + at, length - at);
  buffer[length - at] = 0;
  if (!*buffer || strcmp(buffer, ".") == 0 || strcmp(buffer, "..") == 0) return fail2(ctx, "openat2", "target ", path);
  *name = buffer;
  memcpy(parent, path, at);
  strcpy(parent + at, ".");
  bool existed;
  return path_make_target(ctx, parent, true, &existed);
}

int path_make_file(struct context *ctx, const char *path) {
  char buffer[NAME_MAX + 1];
  const char *name;
  autoclose int parent = path_open_parent(ctx, path, &name, buffer, sizeof buffer);
  if (parent < 0) return -1;
  autoclose int fd = step_down(parent, name, false);
  if (fd < 0) return fail2(ctx, "openat", "target ", path);
  if (check_kind(ctx, fd, path, false) < 0) return -1;
  int file = fd;
  fd = -1;
  return file;
}

static bool is_root(const struct context *ctx, int fd) {
  struct stat target, root;
  if (fstat(fd, &target) < 0 || fstat(ctx->root, &root) < 0) return true;
  if (target.st_ino != root.st_ino || target.st_dev != root.st_dev) return false;
  struct mount_place here, there;
  if (sys_mount_place(fd, &here) < 0 || sys_mount_place(ctx->root, &there) < 0) return true;
  return here.mount_id == there.mount_id;
}

int path_refuse_root(struct context *ctx, int target, const char *path) {
  errno = EINVAL;
  return is_root(ctx, target) ? fail2(ctx, "move_mount", path, ": mountpoint is on the top of rootfs") : 0;
}

int path_attach(struct context *ctx, int tree, int target, const char *path) {
  if (path_refuse_root(ctx, target, path) < 0) return -1;
  unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  return sys_move_mount(tree, "", target, "", flags) < 0 ? fail2(ctx, "move_mount", "target ", path) : 0;
}

bool path_is_procfs(int fd) {
  struct statfs fs;
  return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_MAGIC;
}

int path_refuse_link_to_proc(struct context *ctx, int target, const char *path) {
  if (!path_is_procfs(target)) return 0;
  autoclose int fd = open_below(ctx->root, path, O_PATH, INSIDE | RESOLVE_NO_SYMLINKS);
  errno = EINVAL;
  return fd < 0 ? fail2(ctx, "openat2", path, " cannot be mounted because it is inside /proc") : 0;
}

// A procfs that nobody else can see, and so nobody can mount over (CVE-2025-52881).
static int private_procfs(void) {
  autoclose int fs = sys_fsopen("proc", FSOPEN_CLOEXEC);
  if (fs < 0 || sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) return -1;
  return sys_fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

int path_hold_proc(struct context *ctx) {
  if (ctx->proc < 0) ctx->proc = private_procfs();
  if (ctx->proc >= 0) return 0;
  // EPERM: a user namespace in which a part of /proc is covered gets no new procfs. The one that is there will do as
  // long as it is the root of a procfs: what is covered stays so, because mounts are not crossed below it.
  autoclose int fd = open("/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat st;
  if (fd < 0 || !path_is_procfs(fd) || fstat(fd, &st) < 0 || st.st_ino != PROC_ROOT_INODE) return -1;
  ctx->proc = fd;
  fd = -1;
  return 0;
}

int path_open_proc(struct context *ctx, const char *path, uint64_t flags) {
  if (ctx->proc < 0) ctx->proc = private_procfs();
  if (ctx->proc < 0) return fail2(ctx, "fsopen", "a procfs of our own for ", path);
  autoclose int fd = open_below(ctx->proc, path, flags, RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS);
  if (fd < 0) return fail2(ctx, "openat2", "/proc/", path);
  errno = EXDEV;
  if (!path_is_procfs(fd)) return fail2(ctx, "fstatfs", path, " is not procfs");
  int found = fd;
  fd = -1;
  return found;
}
