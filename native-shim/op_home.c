// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "interpret.h"
#include "kernel.h"
#include "path.h"

// A file of the image, read line by line; lines that do not fit are skipped, and so is what follows 16 MiB.
struct lines {
  int fd;
  bool skipping;
  size_t at, end, total;
  char bytes[4096];
};
#define MOST_BYTES ((size_t)16 << 20)

static size_t read_more(struct lines *lines) {
  memmove(lines->bytes, lines->bytes + lines->at, lines->end -= lines->at);
  lines->at = 0;
  if (lines->end == sizeof lines->bytes - 1) {
    lines->end = 0;
    lines->skipping = true;
  }
  if (lines->total >= MOST_BYTES) return 0;
  ssize_t got = read(lines->fd, lines->bytes + lines->end, sizeof lines->bytes - 1 - lines->end);
  if (got <= 0) return 0;
  lines->end += (size_t)got;
  lines->total += (size_t)got;
  return (size_t)got;
}

// The next line without its end, NUL-terminated, or NULL. The last one may lack a newline.
static char *next_line(struct lines *lines) {
  for (;;) {
    char *line = lines->bytes + lines->at, *newline = memchr(line, '\n', lines->end - lines->at);
    if (newline) {
      *newline = 0;
      lines->at = (size_t)(newline + 1 - lines->bytes);
      if (!lines->skipping) return line;
      lines->skipping = false;
    } else if (read_more(lines) == 0) {
      if (lines->end == 0 || lines->skipping) return NULL;
      lines->bytes[lines->end] = 0;
      lines->at = lines->end = 0;
      return lines->bytes;
    }
  }
}

// Digits alone are a number (CVE-2016-3697, CVE-2026-30892).
static bool is_number(const char *text, uint32_t wanted) {
  uint64_t value = 0;
  if (!*text) return false;
  for (; *text; text++) {
    if (*text < '0' || *text > '9' || value > UINT32_MAX) return false;
    value = value * 10 + (uint64_t)(*text - '0');
  }
  return value == wanted;
}

// The home directory in a line of passwd(5) about this uid, or NULL.
static const char *home_in(char *line, uint32_t uid) {
  char *fields[6] = {0};
  for (unsigned i = 0; i < 6; i++)
    if (!(fields[i] = strsep(&line, ":"))) return NULL;
  bool is_user = *fields[0] && !strchr("#+-", *fields[0]);
  return is_user && is_number(fields[2], uid) ? fields[5] : NULL;
}

// EAGAIN and the like from what is no regular file of an image, but of a procfs say, count as the end.
static const char *look_up(int fd, struct lines *lines, uint32_t uid) {
  *lines = (struct lines){.fd = fd};
  for (char *line; (line = next_line(lines));) {
    const char *home = home_in(line, uid);
    if (home) return home;
  }
  return NULL;
}

// inside. Remembers HOME for exec: of the user's first line in /etc/passwd, or / where there is none. Like runc it
// never fails: an image without users is a good image. Nothing is asked that could load code (CVE-2019-14271).
int op_find_home(struct context *ctx, const struct op_find_home *op) {
  struct lines lines;
  struct stat st;
  autoclose int fd = path_open_flags(ctx, "/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY);
  const char *home = NULL;
  if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) home = look_up(fd, &lines, op->uid);
  join_text(ctx->home, sizeof ctx->home, "HOME=", home && *home ? home : "/", NULL);
  return 0;
}
