// SPDX-License-Identifier: Apache-2.0
// Containers of several processes and threads.
#include "probe.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void say_ready(void)
{
  puts("ready");
  fflush(stdout);
}

static void wait_for_ever(void)
{
  for (;;)
    pause();
}

int act_family(int argc, char **argv)
{
  int wanted = argc > 0 ? atoi(argv[0]) : 1;
  for (int made = 0; made < wanted; made++) {
    pid_t child = fork();
    if (child < 0)
      return 1;
    if (child == 0)
      wait_for_ever();
  }
  say_ready();
  wait_for_ever();
  return 0;
}

// Something must bound it: a limit of processes.
int act_bomb(int argc, char **argv)
{
  (void)argc, (void)argv;
  const struct timespec millisecond = { .tv_nsec = 1000000 };
  say_ready();
  for (;;)
    if (fork() < 0)
      nanosleep(&millisecond, NULL);
}

int act_churn(int argc, char **argv)
{
  int families = argc > 0 ? atoi(argv[0]) : 1;
  while (--families > 0 && fork() > 0)
    ;
  if (families == 0)
    say_ready();
  for (;;) {
    pid_t child = fork();
    if (child == 0)
      _exit(0);
    if (child > 0)
      waitpid(child, NULL, 0);
  }
}

static void *stay(void *unused)
{
  wait_for_ever();
  return unused;
}

int act_leave_thread(int argc, char **argv)
{
  (void)argc, (void)argv;
  pthread_t other;
  if (pthread_create(&other, NULL, stay, NULL))
    return 1;
  say_ready();
  pthread_exit(NULL);
}
