// SPDX-License-Identifier: Apache-2.0
#include "json.h"
#include "probe.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
  const char *name;
  int resource;
} limits[] = {
  { "RLIMIT_AS", RLIMIT_AS },           { "RLIMIT_CORE", RLIMIT_CORE },         { "RLIMIT_CPU", RLIMIT_CPU },
  { "RLIMIT_DATA", RLIMIT_DATA },       { "RLIMIT_FSIZE", RLIMIT_FSIZE },       { "RLIMIT_LOCKS", RLIMIT_LOCKS },
  { "RLIMIT_MEMLOCK", RLIMIT_MEMLOCK }, { "RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE }, { "RLIMIT_NICE", RLIMIT_NICE },
  { "RLIMIT_NOFILE", RLIMIT_NOFILE },   { "RLIMIT_NPROC", RLIMIT_NPROC },       { "RLIMIT_RSS", RLIMIT_RSS },
  { "RLIMIT_RTPRIO", RLIMIT_RTPRIO },   { "RLIMIT_RTTIME", RLIMIT_RTTIME },     { "RLIMIT_SIGPENDING", RLIMIT_SIGPENDING },
  { "RLIMIT_STACK", RLIMIT_STACK },
};

// Limits are written as text: JSON readers lose integers above 2^53.
static void limit_value(const char *name, rlim_t value)
{
  char text[24];
  snprintf(text, sizeof text, "%llu", (unsigned long long)value);
  json_member_string(name, text);
}

void item_limits(const char *argument)
{
  (void)argument;
  json_open('{');
  for (unsigned i = 0; i < sizeof limits / sizeof *limits; i++) {
    struct rlimit limit = { 0 };
    getrlimit(limits[i].resource, &limit);
    json_key(limits[i].name);
    json_open('{');
    limit_value("soft", limit.rlim_cur);
    limit_value("hard", limit.rlim_max);
    json_close('}');
  }
  json_close('}');
}

// Asks the kernel about each number instead of reading /proc/self/fd, which may be absent and adds one of its own.
void item_fds(const char *argument)
{
  (void)argument;
  json_open('[');
  for (int fd = 0; fd < 4096; fd++)
    if (fcntl(fd, F_GETFD) >= 0)
      json_number(fd);
  json_close(']');
}

void item_nnp(const char *argument)
{
  (void)argument;
  json_bool(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
}

void item_oom(const char *argument)
{
  (void)argument;
  char text[32] = "";
  FILE *file = fopen("/proc/self/oom_score_adj", "re");
  int value = 0;
  if (file == NULL || fgets(text, sizeof text, file) == NULL || sscanf(text, "%d", &value) != 1)
    json_null();
  else
    json_number(value);
  if (file)
    fclose(file);
}

void item_umask(const char *argument)
{
  (void)argument;
  mode_t mask = umask(0);
  umask(mask);
  json_number(mask);
}

void item_tty(const char *argument)
{
  (void)argument;
  json_open('[');
  for (int fd = 0; fd < 3; fd++)
    json_bool(isatty(fd));
  json_close(']');
}
