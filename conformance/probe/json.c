// SPDX-License-Identifier: Apache-2.0
#include "json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool needs_comma;

static void separate(void)
{
  if (needs_comma)
    putchar(',');
  needs_comma = true;
}

void json_open(char bracket)
{
  separate();
  putchar(bracket);
  needs_comma = false;
}

void json_close(char bracket)
{
  putchar(bracket);
  needs_comma = true;
}

void json_key(const char *name)
{
  json_string(name);
  putchar(':');
  needs_comma = false;
}

void json_bytes(const char *text, long length)
{
  separate();
  putchar('"');
  for (long i = 0; i < length; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c == '"' || c == '\\')
      printf("\\%c", c);
    else if (c < 0x20)
      printf("\\u%04x", c);
    else
      putchar(c);
  }
  putchar('"');
}

void json_string(const char *text)
{
  json_bytes(text, (long)strlen(text));
}

void json_number(long long value)
{
  separate();
  printf("%lld", value);
}

void json_bool(bool value)
{
  separate();
  fputs(value ? "true" : "false", stdout);
}

void json_null(void)
{
  separate();
  fputs("null", stdout);
}

static const struct {
  int number;
  const char *name;
} errno_names[] = {
  { EPERM, "EPERM" },     { ENOENT, "ENOENT" },   { ESRCH, "ESRCH" },     { EIO, "EIO" },         { ENXIO, "ENXIO" },
  { EBADF, "EBADF" },     { EAGAIN, "EAGAIN" },   { ENOMEM, "ENOMEM" },   { EACCES, "EACCES" },   { EBUSY, "EBUSY" },
  { EEXIST, "EEXIST" },   { EXDEV, "EXDEV" },     { ENODEV, "ENODEV" },   { ENOTDIR, "ENOTDIR" }, { EISDIR, "EISDIR" },
  { EINVAL, "EINVAL" },   { ENFILE, "ENFILE" },   { EMFILE, "EMFILE" },   { ENOTTY, "ENOTTY" },   { ETXTBSY, "ETXTBSY" },
  { EFBIG, "EFBIG" },     { ENOSPC, "ENOSPC" },   { EROFS, "EROFS" },     { ENAMETOOLONG, "ENAMETOOLONG" },
  { ENOSYS, "ENOSYS" },   { ELOOP, "ELOOP" },     { ENODATA, "ENODATA" }, { EOPNOTSUPP, "EOPNOTSUPP" },
  { ECONNREFUSED, "ECONNREFUSED" },               { ENETUNREACH, "ENETUNREACH" },
  { EADDRNOTAVAIL, "EADDRNOTAVAIL" },             { ENOEXEC, "ENOEXEC" },         { EOVERFLOW, "EOVERFLOW" },
};

void json_errno(int error)
{
  if (error == 0) {
    json_null();
    return;
  }
  for (unsigned i = 0; i < sizeof errno_names / sizeof *errno_names; i++) {
    if (errno_names[i].number == error) {
      json_string(errno_names[i].name);
      return;
    }
  }
  char number[24];
  snprintf(number, sizeof number, "errno %d", error);
  json_string(number);
}

void json_member_string(const char *name, const char *text)
{
  json_key(name);
  json_string(text);
}

void json_member_number(const char *name, long long value)
{
  json_key(name);
  json_number(value);
}

void json_member_bool(const char *name, bool value)
{
  json_key(name);
  json_bool(value);
}

void json_member_errno(const char *name, int error)
{
  json_key(name);
  json_errno(error);
}
