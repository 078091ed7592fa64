// SPDX-License-Identifier: Apache-2.0
// Each test runs in a process and a mount namespace of its own, on a tmpfs with a root filesystem and a canary beside
// it: whatever goes wrong is gone with the process. Output is TAP.
#ifndef RUNTS_CHECK_H
#define RUNTS_CHECK_H
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kernel.h"
#include "../path.h"

#define CHECK(condition)                                                                                               \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      printf("# %s:%d: %s: %s (%s %s)\n", __FILE__, __LINE__, #condition, strerror(errno),                             \
             ctx.failure.syscall ? ctx.failure.syscall : "", ctx.failure.detail);                                      \
      fflush(stdout);                                                                                                  \
      _exit(1);                                                                                                        \
    }                                                                                                                  \
  } while (0)
#define CHECK_FAILS(call, expected, text)                                                                              \
  do {                                                                                                                 \
    CHECK((call) < 0);                                                                                                 \
    if (ctx.failure.error != (expected) || !strstr(ctx.failure.detail, text)) {                                        \
      printf("# %s:%d: %s: %s, \"%s\"\n", __FILE__, __LINE__, #call, strerror(ctx.failure.error), ctx.failure.detail);  \
      fflush(stdout);                                                                                                  \
      _exit(1);                                                                                                        \
    }                                                                                                                  \
  } while (0)

static struct context ctx;

static void fresh_context(void) {
  ctx = (struct context){.root = -1, .rootfs_under = -1, .proc = -1, .handoff = -1, .terminal = -1, .slave = -1};
  ctx.null_tree = ctx.null_mask = ctx.empty_mask = -1;
}

static void make(const char *path) { CHECK(mkdir(path, 0755) == 0); }

__attribute__((unused)) static void write_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  close(fd);
}

__attribute__((unused)) static bool holds(const char *path, const char *text) {
  char content[4096];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, content, sizeof content - 1);
  if (fd >= 0) close(fd);
  if (length < 0) return false;
  content[length] = 0;
  return strcmp(content, text) == 0;
}

__attribute__((unused)) static mode_t mode_of(const char *path) {
  struct stat st;
  return lstat(path, &st) == 0 ? st.st_mode : 0;
}

__attribute__((unused)) static bool missing(const char *path) { return mode_of(path) == 0 && errno == ENOENT; }

struct test {
  const char *name;
  void (*run)(void);
};

// The working directory becomes the tmpfs, with rootfs/ and canary/ in it.
static void prepare(const char *place) {
  CHECK(unshare(CLONE_NEWNS) == 0);
  CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
  CHECK(mount("tmpfs", place, "tmpfs", 0, "mode=755") == 0 && chdir(place) == 0);
  make("rootfs");
  make("canary");
  fresh_context();
}

__attribute__((unused)) static const char *absolute(char path[PATH_MAX], const char *name) {
  CHECK(getcwd(path, PATH_MAX) != NULL);
  return strcat(strcat(path, "/"), name);
}

// Every rootfs path starts in rootfs/ from here on.
__attribute__((unused)) static void bind_root(void) {
  char source[PATH_MAX];
  CHECK(op_bind_rootfs(&ctx, &(struct op_bind_rootfs){absolute(source, "rootfs"), -1, true, false}) == 0);
}

static int run_test(const struct test *test, const char *place) {
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    prepare(place);
    test->run();
    _exit(0);
  }
  int status;
  return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -1;
}

static int run_tests(const struct test *tests, unsigned count) {
  char place[] = "/tmp/runts-check-XXXXXX";
  unsigned failed = 0;
  if (geteuid() != 0) return printf("1..0 # SKIP needs root\n") < 0;
  if (!mkdtemp(place)) return perror("mkdtemp"), 1;
  printf("1..%u\n", count);
  for (unsigned i = 0; i < count; i++) {
    bool passed = run_test(&tests[i], place) == 0;
    printf("%sok %u - %s\n", passed ? "" : "not ", i + 1, tests[i].name);
    failed += !passed;
  }
  rmdir(place);
  return failed > 0;
}
#define RUN_TESTS(tests) run_tests(tests, sizeof tests / sizeof tests[0])
#endif
