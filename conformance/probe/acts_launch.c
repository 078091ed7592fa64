// SPDX-License-Identifier: Apache-2.0
// Ways to start something, used on the host side of a case.
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int become(char **argv)
{
  execvp(argv[0], argv);
  perror(argv[0]);
  return 125;
}

int act_leak(int argc, char **argv)
{
  if (argc < 2)
    return 125;
  int count = atoi(argv[0]);
  for (int i = 0; i < count; i++)
    if (open(i % 2 ? "/sys/fs/cgroup" : "/etc/passwd", O_RDONLY) < 0)
      return 125;
  return become(argv + 1);
}

// Takes a copy of every socket of a process that it may trace, and leaves a child that holds them all.
int act_keep_sockets(int argc, char **argv)
{
  int target = argc > 0 ? syscall(SYS_pidfd_open, atoi(argv[0]), 0) : -1, kept = 0;
  for (int fd = 0; fd < 64 && target >= 0; fd++) {
    struct stat st;
    int copy = syscall(438 /* pidfd_getfd */, target, fd, 0);
    if (copy >= 0 && fstat(copy, &st) == 0 && S_ISSOCK(st.st_mode))
      kept++;
    else if (copy >= 0)
      close(copy);
  }
  if (kept == 0)
    return 1;
  if (fork() == 0) {
    for (int fd = 0; fd < 3; fd++)
      close(fd);
    for (;;)
      pause();
  }
  return 0;
}

// ioctl_ns(2).
int act_owner(int argc, char **argv)
{
  struct stat owner;
  int fd = argc == 1 ? open(argv[0], O_RDONLY | O_CLOEXEC) : -1;
  int found = fd < 0 ? -1 : ioctl(fd, 0xb701); // NS_GET_USERNS
  if (found < 0 || fstat(found, &owner)) {
    perror("owner");
    return 125;
  }
  printf("%lu\n", (unsigned long)owner.st_ino);
  return 0;
}

int act_groups(int argc, char **argv)
{
  if (argc < 2)
    return 125;
  gid_t groups[64];
  size_t count = 0;
  for (char *part = strtok(argv[0], ","); part && count < 64; part = strtok(NULL, ","))
    groups[count++] = (gid_t)strtoul(part, NULL, 10);
  if (setgroups(count, groups))
    return 125;
  return become(argv + 1);
}

int act_pin(int argc, char **argv)
{
  if (argc < 2)
    return 125;
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(atoi(argv[0]), &cpus);
  if (sched_setaffinity(0, sizeof cpus, &cpus))
    return 125;
  return become(argv + 1);
}

// Keys are charged to the user who adds them; they go with the session keyring of this process.
int act_fill_keys(int argc, char **argv)
{
  uid_t uid = argc > 0 ? (uid_t)strtoul(argv[0], NULL, 10) : 0;
  const int join_session_keyring = 1, session_keyring = -3;
  if (uid == 0 || setresuid(uid, uid, uid) || syscall(SYS_keyctl, join_session_keyring, NULL) < 0)
    return 125;
  char name[32];
  for (unsigned i = 0; i < 100000; i++) {
    snprintf(name, sizeof name, "key%u", i);
    if (syscall(SYS_add_key, "user", name, "x", 1, session_keyring) < 0)
      break;
  }
  if (errno != EDQUOT)
    return 125;
  printf("full\n");
  fflush(stdout);
  for (;;)
    pause();
}

static const struct {
  const char *name;
  int flag;
} types[] = {
  { "mount", CLONE_NEWNS },    { "cgroup", 0x02000000 }, { "uts", CLONE_NEWUTS }, { "ipc", CLONE_NEWIPC },
  { "network", CLONE_NEWNET }, { "user", CLONE_NEWUSER }, { "pid", CLONE_NEWPID }, { "time", 0x00000080 },
};

int act_unshare(int argc, char **argv)
{
  int flags = 0;
  for (char *part = argc > 0 ? strtok(argv[0], ",") : NULL; part; part = strtok(NULL, ","))
    for (unsigned i = 0; i < sizeof types / sizeof *types; i++)
      if (strcmp(part, types[i].name) == 0)
        flags |= types[i].flag;
  if (unshare(flags)) {
    perror("unshare");
    return 125;
  }
  if (flags & CLONE_NEWNS && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) {
    perror("mount");
    return 125;
  }
  // A new pid or time namespace is only entered by the next child, whose pid as seen here is printed.
  pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;)
      pause();
  }
  printf("%d\n", child);
  fflush(stdout);
  for (;;)
    pause();
}
