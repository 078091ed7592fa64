// SPDX-License-Identifier: Apache-2.0
#include "copy_tree.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "kernel.h"

#define MAX_DEPTH 64 // two descriptors and a few KiB of stack a level

struct kernel_dirent {
  uint64_t inode;
  int64_t offset;
  uint16_t length;
  uint8_t type;
  char name[];
};

static int copy_directory(int from, int to, unsigned depth);

static int copy_content(int from, int to) {
  ssize_t copied;
  while ((copied = sendfile(to, from, NULL, 1 << 20)) > 0) continue;
  return copied < 0 ? -1 : 0;
}

// The mode last: chown(2) takes set-user-ID bits away. A link has no mode.
static int give(int to, const char *name, const struct stat *st) {
  if (fchownat(to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0) return -1;
  return S_ISLNK(st->st_mode) ? 0 : fchmodat(to, name, st->st_mode & 07777, 0);
}

static int copy_file(int from, int to, const char *name) {
  // O_NONBLOCK: should the name have become a FIFO meanwhile.
  autoclose int source = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  autoclose int target = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  return source < 0 || target < 0 ? -1 : copy_content(source, target);
}

static int copy_link(int from, int to, const char *name) {
  char link[PATH_MAX];
  ssize_t length = readlinkat(from, name, link, sizeof link - 1);
  if (length < 0) return -1;
  link[length] = 0;
  return symlinkat(link, to, name);
}

static int copy_below(int from, int to, const char *name, unsigned depth) {
  if (mkdirat(to, name, 0700) < 0) return -1;
  autoclose int source = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  autoclose int target = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  return source < 0 || target < 0 ? -1 : copy_directory(source, target, depth + 1);
}

static int copy_entry(int from, int to, const char *name, unsigned depth) {
  struct stat st;
  int copied;
  if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0) return -1;
  if (S_ISDIR(st.st_mode)) copied = copy_below(from, to, name, depth);
  else if (S_ISREG(st.st_mode)) copied = copy_file(from, to, name);
  else if (S_ISLNK(st.st_mode)) copied = copy_link(from, to, name);
  else copied = mknodat(to, name, st.st_mode, st.st_rdev);
  return copied < 0 ? -1 : give(to, name, &st);
}

static int copy_directory(int from, int to, unsigned depth) {
  _Alignas(struct kernel_dirent) char buffer[2048];
  errno = ELOOP;
  if (depth > MAX_DEPTH) return -1;
  long length;
  while ((length = syscall(SYS_getdents64, from, buffer, sizeof buffer)) > 0) {
    for (long at = 0; at < length;) {
      const struct kernel_dirent *entry = (const void *)(buffer + at);
      at += entry->length;
      if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0) continue;
      if (copy_entry(from, to, entry->name, depth) < 0) return -1;
    }
  }
  return length < 0 ? -1 : 0;
}

int copy_tree(struct context *ctx, int from, int to) {
  autoclose int source = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  autoclose int target = openat(to, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (source < 0 || target < 0) return fail(ctx, "openat", "directory to copy up");
  return copy_directory(source, target, 0) < 0 ? fail(ctx, "copy", "contents of the target") : 0;
}
