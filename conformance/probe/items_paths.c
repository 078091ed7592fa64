// SPDX-License-Identifier: Apache-2.0
#include "json.h"
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

static const char *type_name(mode_t mode)
{
  switch (mode & S_IFMT) {
  case S_IFREG: return "file";
  case S_IFDIR: return "directory";
  case S_IFLNK: return "symlink";
  case S_IFCHR: return "character";
  case S_IFBLK: return "block";
  case S_IFIFO: return "fifo";
  case S_IFSOCK: return "socket";
  default: return "unknown";
  }
}

static void write_stat(const char *path, int flags)
{
  struct stat status;
  if (fstatat(AT_FDCWD, path, &status, flags)) {
    int error = errno;
    json_open('{');
    json_member_errno("error", error);
    json_close('}');
    return;
  }
  json_open('{');
  json_member_string("type", type_name(status.st_mode));
  json_member_number("mode", status.st_mode & 07777);
  json_member_number("uid", status.st_uid);
  json_member_number("gid", status.st_gid);
  json_member_number("major", major(status.st_rdev));
  json_member_number("minor", minor(status.st_rdev));
  json_member_number("dev", (long long)status.st_dev);
  json_member_number("ino", (long long)status.st_ino);
  json_member_number("size", status.st_size);
  json_close('}');
}

void item_stat(const char *path)
{
  write_stat(path, AT_SYMLINK_NOFOLLOW);
}

void item_follow(const char *path)
{
  write_stat(path, 0);
}

void item_readlink(const char *path)
{
  char target[4096];
  ssize_t length = readlink(path, target, sizeof target);
  if (length < 0)
    json_errno(errno);
  else
    json_bytes(target, length);
}

static int by_name(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

// Entries in alphabetical order, without "." and ".."; the name of an errno instead when the directory cannot be read.
void item_list(const char *path)
{
  DIR *directory = opendir(path);
  if (directory == NULL) {
    json_errno(errno);
    return;
  }
  char *names[4096];
  size_t count = 0;
  for (struct dirent *entry; count < 4096 && (entry = readdir(directory));)
    if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
      names[count++] = strdup(entry->d_name);
  closedir(directory);
  qsort(names, count, sizeof *names, by_name);
  json_open('[');
  for (size_t i = 0; i < count; i++)
    json_string(names[i]);
  json_close(']');
}

// The SELinux label of a file, empty where it has none.
void item_label(const char *path)
{
  char text[1024] = "";
  ssize_t length = getxattr(path, "security.selinux", text, sizeof text - 1);
  text[length < 0 ? 0 : length] = 0;
  json_string(text);
}

// The first 16 KiB, or {"error": …}: a text could be mistaken for an errno's name.
void item_read(const char *path)
{
  static char text[16384];
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text);
  int error = length < 0 ? errno : 0;
  json_open('{');
  json_member_errno("error", error);
  if (length >= 0) {
    json_key("text");
    json_bytes(text, length);
  }
  json_close('}');
  if (fd >= 0)
    close(fd);
}

void item_statfs(const char *path)
{
  struct statfs status;
  if (statfs(path, &status)) {
    json_errno(errno);
    return;
  }
  json_open('{');
  json_member_number("magic", (long long)(unsigned long)status.f_type);
  json_member_number("bytes", (long long)(status.f_blocks * (unsigned long long)status.f_bsize));
  json_member_number("inodes", (long long)status.f_files);
  json_close('}');
}
