// SPDX-License-Identifier: Apache-2.0
#include "json.h"
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

// capget(2), version 3: musl ships no kernel headers.
struct capability_header {
  unsigned version;
  int pid;
};
struct capability_words {
  unsigned effective, permitted, inheritable;
};

void item_ids(const char *argument)
{
  (void)argument;
  uid_t ruid, euid, suid;
  gid_t rgid, egid, sgid, groups[1024];
  getresuid(&ruid, &euid, &suid);
  getresgid(&rgid, &egid, &sgid);
  int count = getgroups(1024, groups);

  json_open('{');
  json_member_number("uid", ruid);
  json_member_number("euid", euid);
  json_member_number("suid", suid);
  json_member_number("gid", rgid);
  json_member_number("egid", egid);
  json_member_number("sgid", sgid);
  json_key("groups");
  json_open('[');
  for (int i = 0; i < count; i++)
    json_number(groups[i]);
  json_close(']');
  json_close('}');
}

static void capability_set(const char *name, unsigned long long bits)
{
  json_key(name);
  json_open('[');
  for (int cap = 0; cap < 64; cap++)
    if (bits >> cap & 1)
      json_number(cap);
  json_close(']');
}

static unsigned long long from_prctl(int option, int sub_option)
{
  unsigned long long bits = 0;
  for (int cap = 0; cap < 64; cap++) {
    int set = sub_option ? prctl(option, sub_option, cap, 0, 0) : prctl(option, cap, 0, 0, 0);
    if (set == 1)
      bits |= 1ull << cap;
  }
  return bits;
}

void item_caps(const char *argument)
{
  (void)argument;
  struct capability_header header = { .version = 0x20080522 };
  struct capability_words low_high[2] = { 0 };
  syscall(SYS_capget, &header, low_high);

  json_open('{');
  capability_set("effective", low_high[0].effective | (unsigned long long)low_high[1].effective << 32);
  capability_set("permitted", low_high[0].permitted | (unsigned long long)low_high[1].permitted << 32);
  capability_set("inheritable", low_high[0].inheritable | (unsigned long long)low_high[1].inheritable << 32);
  capability_set("bounding", from_prctl(PR_CAPBSET_READ, 0));
  capability_set("ambient", from_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET));
  json_close('}');
}

void item_env(const char *argument)
{
  (void)argument;
  json_open('[');
  for (char **entry = environ; *entry; entry++)
    json_string(*entry);
  json_close(']');
}

// The raw system call: libc's getcwd refuses "(unreachable)" and would hide an escape.
void item_cwd(const char *argument)
{
  (void)argument;
  char path[4096];
  long length = syscall(SYS_getcwd, path, sizeof path);
  struct stat here = { 0 };
  int stat_error = stat(".", &here) ? errno : 0;
  json_open('{');
  json_member_string("path", length > 0 ? path : "");
  json_member_errno("error", stat_error);
  json_member_number("dev", (long long)here.st_dev);
  json_member_number("ino", (long long)here.st_ino);
  json_close('}');
}

// Climbs from the working directory as far as ".." leads and says which directory that is.
void item_chdir_up(const char *argument)
{
  (void)argument;
  int start = open(".", O_PATH | O_DIRECTORY);
  for (int i = 0; i < 64; i++)
    if (chdir(".."))
      break;
  struct stat top = { 0 }, root = { 0 };
  stat(".", &top);
  stat("/", &root);
  if (start >= 0 && fchdir(start) == 0)
    close(start);
  json_open('{');
  json_member_bool("inRoot", top.st_dev == root.st_dev && top.st_ino == root.st_ino);
  json_close('}');
}

void item_process(const char *argument)
{
  (void)argument;
  int death_signal = 0;
  prctl(PR_GET_PDEATHSIG, &death_signal, 0, 0, 0);
  json_open('{');
  json_member_number("pid", getpid());
  json_member_number("ppid", getppid());
  json_member_number("pgid", getpgrp());
  json_member_number("sid", getsid(0));
  json_member_number("dumpable", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
  json_member_number("parentDeathSignal", death_signal);
  json_member_number("keepCaps", prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0));
  json_member_number("seccomp", prctl(PR_GET_SECCOMP, 0, 0, 0, 0));
  json_close('}');
}

void item_signals(const char *argument)
{
  (void)argument;
  sigset_t blocked;
  sigprocmask(SIG_BLOCK, NULL, &blocked);
  json_open('{');
  json_key("blocked");
  json_open('[');
  for (int signal = 1; signal < 65; signal++)
    if (sigismember(&blocked, signal) == 1)
      json_number(signal);
  json_close(']');
  json_key("ignored");
  json_open('[');
  for (int signal = 1; signal < 65; signal++) {
    struct sigaction action;
    if (sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
      json_number(signal);
  }
  json_close(']');
  json_close('}');
}
