// SPDX-License-Identifier: Apache-2.0
#include "json.h"
#include "probe.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <termios.h>
#include <unistd.h>

#define DEVPTS_MAGIC 0x1cd1

static void write_names(void)
{
  json_key("names");
  json_open('[');
  for (int fd = 0; fd < 3; fd++) {
    const char *name = ttyname(fd);
    if (name)
      json_string(name);
    else
      json_null();
  }
  json_close(']');
}

static bool is_console_of(const struct stat *terminal)
{
  struct stat console;
  struct statfs fs;
  if (lstat("/dev/console", &console) || statfs("/dev/console", &fs))
    return false;
  return S_ISCHR(console.st_mode) && console.st_rdev == terminal->st_rdev && fs.f_type == DEVPTS_MAGIC;
}

// The terminal on standard input: who has it, and what the process is to it.
void item_terminal(const char *argument)
{
  (void)argument;
  struct stat st = { 0 };
  struct winsize size = { 0 };
  struct termios modes = { 0 };
  fstat(0, &st);
  ioctl(0, TIOCGWINSZ, &size);
  tcgetattr(0, &modes);
  int controlling = open("/dev/tty", O_RDWR | O_CLOEXEC);
  json_open('{');
  write_names();
  json_member_number("rows", size.ws_row);
  json_member_number("columns", size.ws_col);
  json_member_number("uid", st.st_uid);
  json_member_number("gid", st.st_gid);
  json_member_number("mode", st.st_mode & 07777);
  json_member_bool("controlling", controlling >= 0 && tcgetsid(0) == getsid(0) && tcgetpgrp(0) == getpgrp());
  json_member_bool("console", is_console_of(&st));
  json_member_bool("onlcr", modes.c_oflag & ONLCR);
  json_close('}');
  if (controlling >= 0)
    close(controlling);
}
