// SPDX-License-Identifier: Apache-2.0
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static void say(const char *line)
{
  puts(line);
  fflush(stdout);
}

int act_exit(int argc, char **argv)
{
  return argc > 0 ? atoi(argv[0]) : 0;
}

// Pid 1 of a pid namespace is immune to signals it sends itself: such a case must share the host's pid namespace.
int act_kill_self(int argc, char **argv)
{
  int signal = argc > 0 ? atoi(argv[0]) : SIGKILL;
  raise(signal);
  fprintf(stderr, "probe: survived signal %d\n", signal);
  return 124;
}

int act_wait(int argc, char **argv)
{
  (void)argc, (void)argv;
  say("ready");
  for (;;)
    pause();
}

int act_trap(int argc, char **argv)
{
  int last = argc > 0 ? atoi(argv[0]) : SIGTERM;
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  say("ready");
  for (;;) {
    int signal = sigwaitinfo(&all, NULL);
    if (signal < 0)
      continue;
    printf("signal %d\n", signal);
    fflush(stdout);
    if (signal == last)
      return 0;
  }
}

// In the middle of a system call: nobody ever brings the page that the kernel waits for, and only SIGKILL ends the wait.
int act_hang(int argc, char **argv)
{
  (void)argc, (void)argv;
  int fault = (int)syscall(SYS_userfaultfd, O_CLOEXEC), ends[2];
  char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct uffdio_api api = { .api = UFFD_API };
  struct uffdio_register range = {
    .range = { .start = (unsigned long)page, .len = 4096 },
    .mode = UFFDIO_REGISTER_MODE_MISSING,
  };
  if (fault < 0 || page == MAP_FAILED || ioctl(fault, UFFDIO_API, &api) || ioctl(fault, UFFDIO_REGISTER, &range) || pipe(ends)) {
    perror("probe: hang");
    return 124;
  }
  return write(ends[1], page, 1) == 1 ? 123 : 122;
}

int act_eat(int argc, char **argv)
{
  long mebibytes = argc > 0 ? atol(argv[0]) : 0;
  for (long i = 0; i < mebibytes; i++) {
    char *block = malloc(1 << 20);
    if (block == NULL)
      return 3;
    memset(block, (int)i | 1, 1 << 20);
  }
  say("eaten");
  return 0;
}

int act_fork(int argc, char **argv)
{
  int wanted = argc > 0 ? atoi(argv[0]) : 1, made = 0, error = 0;
  pid_t children[1024];
  while (made < wanted && made < 1024 && error == 0) {
    pid_t child = fork();
    if (child == 0)
      for (;;)
        pause();
    if (child < 0)
      error = errno;
    else
      children[made++] = child;
  }
  printf("{\"children\":%d,\"again\":%s}\n", made, error == EAGAIN ? "true" : "false");
  fflush(stdout);
  for (int i = 0; i < made; i++)
    kill(children[i], SIGKILL);
  return 0;
}

int act_copy_input(int argc, char **argv)
{
  (void)argc, (void)argv;
  char block[4096];
  for (ssize_t length; (length = read(0, block, sizeof block)) > 0;)
    if (write(1, block, (size_t)length) != length)
      return 1;
  return 0;
}

int act_swap(int argc, char **argv)
{
  if (argc < 2)
    return 125;
  say("ready");
  for (;;)
    syscall(SYS_renameat2, AT_FDCWD, argv[0], AT_FDCWD, argv[1], 2 /* RENAME_EXCHANGE */);
}
