// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <linux/seccomp.h>
#include <linux/filter.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control.h"
#include "interpret.h"
#include "kernel.h"
#include "path.h"

// More descriptors than a plan and its steps ever have open.
enum { MOST_OPEN = 256 };

// inside. EEXIST cannot happen; ENOTDIR: the name is taken by a file.
int op_make_working_directory(struct context *ctx, const struct op_make_working_directory *op) {
  bool existed;
  autoclose int fd = path_make_target(ctx, op->target, true, &existed);
  return fd < 0 ? -1 : 0;
}

// seal. CVE-2024-21626: the kernel tells by "(unreachable)" (Linux 2.6.36) that the directory is outside the root.
static int check_directory_inside(struct context *ctx, const char *path) {
  char where[PATH_MAX];
  long length = syscall(SYS_getcwd, where, sizeof where);
  if (length < 0) return fail(ctx, "getcwd", path);
  if (where[0] == '/') return 0;
  errno = ENOENT;
  return fail2(ctx, "getcwd", path, " lies outside the container's root");
}

// seal. EACCES and EPERM may be forgiven before the change of user: the user may be the one with the right. The step
// after it has nothing to do when root could enter, as in runc.
int op_change_directory(struct context *ctx, const struct op_change_directory *op) {
  if (ctx->in_directory) return check_directory_inside(ctx, op->path);
  autoclose int fd = path_open_flags(ctx, op->path, O_PATH | O_DIRECTORY);
  if (fd < 0) return -1;
  if (fchdir(fd) < 0) return fail(ctx, "fchdir", op->path);
  ctx->in_directory = true;
  return check_directory_inside(ctx, op->path);
}

// True for a regular file that this user may execute; otherwise errno says why not.
static bool can_execute(const char *path) {
  struct stat st;
  if (stat(path, &st) < 0) return false;
  if (S_ISDIR(st.st_mode)) {
    errno = EISDIR;
    return false;
  }
  if (syscall(SYS_faccessat2, AT_FDCWD, path, X_OK, AT_EACCESS) == 0) return true;
  // ENOSYS: before Linux 5.8; root without an x bit is the case that matters.
  if (errno == ENOSYS && st.st_mode & 0111) return true;
  if (errno == ENOSYS) errno = EACCES;
  return false;
}

static bool join_path(char *to, const char *directory, size_t length, const char *file) {
  if (length + strlen(file) + 3 > PATH_MAX) return false;
  memcpy(to, directory, length);
  strcpy(to + length, length ? "/" : "./");
  strcat(to, file);
  return true;
}

// seal. ENOENT: nowhere in the search path; with a slash in the name, errno is the file's own.
int op_find_executable(struct context *ctx, const struct op_find_executable *op) {
  if (strlen(op->file) >= PATH_MAX) {
    errno = ENAMETOOLONG;
    return fail(ctx, "stat", "");
  }
  if (strchr(op->file, '/')) {
    strcpy(ctx->executable, op->file);
    return can_execute(op->file) ? 0 : fail(ctx, "stat", op->file);
  }
  for (const char *at = op->search_path; *op->file && *op->search_path;) {
    size_t length = strcspn(at, ":");
    if (join_path(ctx->executable, at, length, op->file) && can_execute(ctx->executable)) return 0;
    if (!at[length]) break;
    at += length + 1;
  }
  errno = ENOENT;
  return fail(ctx, "PATH", op->file);
}

void default_signals(void) {
  // Not sigaction(3): musl keeps some signals for itself, and glibc's posix_spawn(3) leaves two of those ignored.
  const unsigned long kernel_sigaction[4] = {0}; // SIG_DFL, no flags, no restorer, no mask
  for (int signal = 1; signal < 65; signal++) syscall(SYS_rt_sigaction, signal, kernel_sigaction, NULL, sizeof(uint64_t));
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

// CVE-2024-21626: everything above what is passed on is marked close-on-exec whatever it is, so that nothing of the host
// reaches the program and a failing execve can still be told.
static int make_ready_to_exec(struct context *ctx) {
  if (ctx->ready_to_exec) return 0;
  if (sys_close_range((unsigned)control_fd, ~0u, CLOSE_RANGE_CLOEXEC) < 0) return fail(ctx, "close_range", "");
  default_signals();
  ctx->ready_to_exec = true;
  return 0;
}

// seal (before the capabilities go, when privileges may still be gained, or at its end, when somebody listens) or
// started (as late as possible otherwise). What the filter would have to allow is done before where that is possible.
int op_load_seccomp(struct context *ctx, const struct op_load_seccomp *op) {
  struct sock_fprog program = {.len = (unsigned short)(op->filter.length / sizeof(struct sock_filter)),
                               .filter = (struct sock_filter *)(uintptr_t)op->filter.at};
  if (make_ready_to_exec(ctx) < 0) return -1;
  // With a listener it stays: this process may be made to wait for an agent that nobody has told of it yet.
  if (!op->listener && outlive_runtime(ctx) < 0) return -1;
  unsigned flags = op->flags | (op->listener ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0);
  long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
  if (result < 0) return fail(ctx, "seccomp", "");
  if (op->listener) ctx->listener = (int)result;
  return 0;
}

static void end_by_signal(int signal) { _exit(128 + signal); }

// A process that is pid 1 of its namespace ignores what it has no action for, and a container that was only created
// must still end by a signal. execve(2) puts every caught signal back to its default.
static void catch_fatal_signals(void) {
  struct sigaction action = {.sa_handler = end_by_signal};
  for (int signal = 1; signal < 65; signal++) {
    if (signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH || signal == SIGCONT) continue;
    sigaction(signal, &action, NULL);
  }
}

// For the wait at the start gate, where the end of the conversation is what the runtime waits for, and for hooks of the
// image. A filter may refuse close_range(2): profiles from before Linux 5.9 do not know it.
void close_all_but(int kept) {
  bool below = kept == control_fd || sys_close_range((unsigned)control_fd, (unsigned)kept - 1, 0) == 0;
  if (below && sys_close_range((unsigned)kept + 1, ~0u, 0) == 0) return;
  for (int fd = control_fd; fd < control_fd + MOST_OPEN; fd++)
    if (fd != kept) close(fd);
}

// started. Whoever connects is told of every later failure; a good execve closes the connection.
int op_await_start(struct context *ctx, const struct op_await_start *op) {
  close_all_but(op->listener);
  conversation_over();
  catch_fatal_signals();
  int connection;
  do connection = accept4(op->listener, NULL, NULL, SOCK_CLOEXEC);
  while (connection < 0 && (errno == EINTR || errno == ECONNABORTED));
  if (connection < 0) _exit(1);
  close(op->listener);
  ctx->report = connection;
  struct message message = {.type = MESSAGE_SYNC, .step = current_step(), .value = SYNC_READY};
  // A start that was killed meanwhile has still said what it wanted.
  send_message(connection, &message);
  return 0;
}

// started. It may be under a filter: write(2) and rt_sigaction(2) are what hooks take too (docs/hooks.md), and where
// there are none, await_start. A start that went away must not end the container by SIGPIPE.
int op_announce_exec(struct context *ctx, const struct op_announce_exec *op) {
  (void)op;
  struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
  bool restore = !in_conversation() && sigaction(SIGPIPE, &ignore, &before) == 0;
  struct message message = {.type = MESSAGE_EXECUTING, .step = current_step()};
  write_message(ctx->report, &message);
  if (restore) sigaction(SIGPIPE, &before, NULL);
  return 0;
}

// An empty HOME in the environment stands for the one that was found.
static void put_home(struct context *ctx, const struct strings *env) {
  for (uint32_t i = 0; i < env->count; i++)
    if (ctx->home[0] && strcmp(env->items[i], "HOME=") == 0) env->items[i] = ctx->home;
}

// started. Nothing but execve(2) itself happens here after a filter was loaded.
int op_exec(struct context *ctx, const struct op_exec *op) {
  if (make_ready_to_exec(ctx) < 0) return -1;
  put_home(ctx, &op->env);
  execve(ctx->executable, op->args.items, op->env.items);
  return fail(ctx, "execve", ctx->executable);
}
