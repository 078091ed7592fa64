// SPDX-License-Identifier: Apache-2.0
// tmpcopyup: what was in a directory before a tmpfs covers it. Only names below the two descriptors are used, and no
// symbolic link is followed.
#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "filesystem.h"
#include "kernel.h"

struct entry64 {
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

static int copy_directory(struct context *ctx, int from, int to, unsigned depth);

static int keep_owner(struct context *ctx, int to, const char *name, const struct stat *st) {
  if (fchownat(to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0) return fail(ctx, "fchownat", name);
  if (S_ISLNK(st->st_mode)) return 0;
  return fchmodat(to, name, st->st_mode & 07777, 0) < 0 ? fail(ctx, "fchmodat", name) : 0;
}

static int copy_file(struct context *ctx, int from, int to, const char *name) {
  autoclose int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (in < 0) return fail(ctx, "openat", name);
  autoclose int out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (out < 0) return fail(ctx, "openat", name);
  ssize_t sent;
  while ((sent = sendfile(out, in, NULL, 1 << 20)) > 0) continue;
  return sent < 0 ? fail(ctx, "sendfile", name) : 0;
}

static int copy_link(struct context *ctx, int from, int to, const char *name) {
  char content[PATH_MAX];
  ssize_t length = readlinkat(from, name, content, sizeof content - 1);
  if (length < 0) return fail(ctx, "readlinkat", name);
  content[length] = 0;
  return symlinkat(content, to, name) < 0 ? fail(ctx, "symlinkat", name) : 0;
}

static int copy_below(struct context *ctx, int from, int to, const char *name, unsigned depth) {
  if (mkdirat(to, name, 0700) < 0) return fail(ctx, "mkdirat", name);
  autoclose int in = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  autoclose int out = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (in < 0 || out < 0) return fail(ctx, "openat", name);
  return copy_directory(ctx, in, out, depth + 1);
}

static int copy_entry(struct context *ctx, int from, int to, const char *name, unsigned depth) {
  struct stat st;
  if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0) return fail(ctx, "fstatat", name);
  int done = 0;
  if (S_ISREG(st.st_mode)) done = copy_file(ctx, from, to, name);
  else if (S_ISLNK(st.st_mode)) done = copy_link(ctx, from, to, name);
  else if (S_ISDIR(st.st_mode)) done = copy_below(ctx, from, to, name, depth);
  else return 0; // devices, sockets and FIFOs belong to whoever made them
  return done < 0 ? -1 : keep_owner(ctx, to, name, &st);
}

static int copy_directory(struct context *ctx, int from, int to, unsigned depth) {
  _Alignas(8) char entries[4096];
  errno = ELOOP;
  if (depth > 64) return fail(ctx, "getdents64", "directories too deep");
  long length;
  while ((length = syscall(SYS_getdents64, from, entries, sizeof entries)) > 0) {
    for (long at = 0; at < length;) {
      const struct entry64 *entry = (const void *)(entries + at);
      at += entry->length;
      if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0) continue;
      if (copy_entry(ctx, from, to, entry->name, depth) < 0) return -1;
    }
  }
  return length < 0 ? fail(ctx, "getdents64", "") : 0;
}

int copy_up(struct context *ctx, int target, int mount) {
  autoclose int from = openat(target, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  autoclose int to = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (from < 0 || to < 0) return fail(ctx, "openat", "tmpcopyup");
  return copy_directory(ctx, from, to, 0);
}
