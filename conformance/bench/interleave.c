// SPDX-License-Identifier: Apache-2.0
// Runs the commands of several contenders in turns and prints what each cost, one tab-separated line a command:
// round, contender, step, wall nanoseconds, user and system microseconds, peak RSS in KiB.
//
//   interleave ROUNDS WARMUP cold|warm LOG <PLAN
//
// A line of the plan is: contender, step, argument... separated by tabs; `{}` in an argument becomes an id that is
// new in every round. The step `reap` has no command: it waits, untimed, for what earlier commands left running.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_LINES = 64, MAX_ARGS = 32, LINE_BYTES = 4096 };

struct command {
  char text[LINE_BYTES];
  const char *contender;
  const char *step;
  char *args[MAX_ARGS + 1];
};

static struct command plan[MAX_LINES];
static int plan_length;
static posix_spawn_file_actions_t stdio;

static void die(const char *what) {
  fprintf(stderr, "interleave: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void read_plan(void) {
  while (plan_length < MAX_LINES && fgets(plan[plan_length].text, LINE_BYTES, stdin)) {
    struct command *command = &plan[plan_length++];
    command->text[strcspn(command->text, "\n")] = '\0';
    char *rest = command->text;
    command->contender = strsep(&rest, "\t");
    command->step = strsep(&rest, "\t");
    for (int i = 0; rest && i < MAX_ARGS; i++) command->args[i] = strsep(&rest, "\t");
  }
}

static int starts_contender(int line) {
  return line == 0 || strcmp(plan[line].contender, plan[line - 1].contender) != 0;
}

static void name_round(const struct command *command, int round, char *args[], char buffers[][LINE_BYTES]) {
  for (int i = 0; command->args[i]; i++) {
    const char *mark = strstr(command->args[i], "{}");
    args[i] = command->args[i];
    if (!mark) continue;
    snprintf(buffers[i], LINE_BYTES, "%.*sbench-%d-%s-%d%s", (int)(mark - command->args[i]), command->args[i], getpid(),
             command->contender, round, mark + 2);
    args[i] = buffers[i];
  }
}

static void drop_caches(void) {
  sync();
  int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, "3", 1) != 1) die("/proc/sys/vm/drop_caches");
  close(fd);
}

static long long nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long microseconds(struct timeval time) {
  return time.tv_sec * 1000000L + time.tv_usec;
}

static void run_command(const struct command *command, int round) {
  static char buffers[MAX_ARGS][LINE_BYTES];
  char *args[MAX_ARGS + 1] = {0};
  name_round(command, round, args, buffers);
  static char *environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL};
  struct rusage usage;
  pid_t pid;
  int status;
  long long start = nanoseconds();
  errno = posix_spawn(&pid, args[0], &stdio, NULL, args, environment);
  if (errno) die(args[0]);
  while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) {}
  long long wall = nanoseconds() - start;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fprintf(stderr, "interleave: %s %s ended with wait status %#x\n", command->contender, command->step, status);
    exit(1);
  }
  if (round < 0) return;
  printf("%d\t%s\t%s\t%lld\t%ld\t%ld\t%ld\n", round, command->contender, command->step, wall,
         microseconds(usage.ru_utime), microseconds(usage.ru_stime), usage.ru_maxrss);
}

static void reap(void) {
  while (wait(NULL) > 0 || errno == EINTR) {}
}

static void run_contender(int first, int round, int cold) {
  for (int line = first; line < plan_length && (line == first || !starts_contender(line)); line++) {
    if (strcmp(plan[line].step, "reap") == 0) {
      reap();
      continue;
    }
    if (cold) drop_caches();
    run_command(&plan[line], round);
  }
}

int main(int argc, char *argv[]) {
  if (argc != 5) return fprintf(stderr, "usage: interleave ROUNDS WARMUP cold|warm LOG <PLAN\n"), 2;
  int rounds = atoi(argv[1]), warmup = atoi(argv[2]), cold = strcmp(argv[3], "cold") == 0;
  read_plan();
  int firsts[MAX_LINES], contenders = 0;
  for (int line = 0; line < plan_length; line++)
    if (starts_contender(line)) firsts[contenders++] = line;

  posix_spawn_file_actions_init(&stdio);
  posix_spawn_file_actions_addopen(&stdio, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&stdio, 1, argv[4], O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&stdio, 1, 2);
  // A container outlives the command that created it and has to be waited for here.
  prctl(PR_SET_CHILD_SUBREAPER, 1);

  for (int round = -warmup; round < rounds; round++)
    // Each round begins with another contender, so that none always follows the same one.
    for (int turn = 0; turn < contenders; turn++)
      run_contender(firsts[(turn + round + warmup) % contenders], round, cold);
  return 0;
}
