// SPDX-License-Identifier: Apache-2.0
// Attempts that must sometimes fail: each item writes the errno it met, or null when it went well.
#include "json.h"
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static int try_open(const char *path, int flags)
{
  int fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
  if (fd < 0)
    return errno;
  close(fd);
  return 0;
}

void item_open(const char *path)
{
  json_errno(try_open(path, O_RDONLY));
}

void item_open_write(const char *path)
{
  json_errno(try_open(path, O_WRONLY));
}

void item_create(const char *path)
{
  int error = try_open(path, O_WRONLY | O_CREAT | O_EXCL);
  if (error == 0)
    unlink(path);
  json_errno(error);
}

// The same, but the file stays.
void item_leave(const char *path) { json_errno(try_open(path, O_WRONLY | O_CREAT | O_EXCL)); }

// put:PATH=TEXT
void item_put(const char *argument)
{
  char path[4096];
  const char *text = strchr(argument, '=');
  snprintf(path, sizeof path, "%.*s", (int)(text ? text - argument : 0), argument);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  int error = fd < 0 || write(fd, text + 1, strlen(text + 1)) < 0 ? errno : 0;
  if (fd >= 0)
    close(fd);
  json_errno(error);
}

// mknod:TYPE:MAJOR:MINOR:PATH → {"mknod": errno, "open": errno}; the node is removed again.
void item_mknod(const char *argument)
{
  char type = 0, path[4096] = "";
  unsigned major_number = 0, minor_number = 0;
  if (sscanf(argument, "%c:%u:%u:%4095s", &type, &major_number, &minor_number, path) != 4)
    exit(125);
  mode_t mode = (type == 'b' ? S_IFBLK : S_IFCHR) | 0600;
  int made = mknod(path, mode, makedev(major_number, minor_number)) ? errno : 0;
  json_open('{');
  json_member_errno("mknod", made);
  json_member_errno("open", made ? made : try_open(path, O_RDONLY));
  json_close('}');
  if (made == 0)
    unlink(path);
}

// exec:PATH runs `PATH exit 0` → errno of execve, or null when it ran.
void item_exec(const char *path)
{
  fflush(stdout);
  int report[2];
  if (pipe2(report, O_CLOEXEC))
    exit(125);
  pid_t child = fork();
  if (child == 0) {
    execl(path, path, "exit", "0", (char *)NULL);
    int error = errno;
    if (write(report[1], &error, sizeof error) < 0)
      _exit(124);
    _exit(1);
  }
  close(report[1]);
  int error = 0;
  if (read(report[0], &error, sizeof error) <= 0)
    error = 0;
  close(report[0]);
  waitpid(child, NULL, 0);
  json_errno(error);
}
