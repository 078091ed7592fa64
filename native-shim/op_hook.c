// SPDX-License-Identifier: Apache-2.0
// Hooks that run in the container's namespaces, as children of the container process (config.md, POSIX-platform Hooks).
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "control.h"
#include "interpret.h"
#include "kernel.h"

// KEPT is KEPT_OUTPUT of src/sys/output-tail.ts. What a hook left in its pipes is read, what its orphans go on to
// write is not: MOST_LEFT is more than two pipes hold.
enum { KEPT = 4096, MOST_LEFT = 4 << 20, INPUT_PARTS = 3 };

struct tail {
  uint64_t total;
  char ring[KEPT];
};

// Why the child did not become the hook; the pointer is good in both processes.
struct start_failure {
  const char *syscall;
  int error;
};

struct hook {
  const char *input[INPUT_PARTS];
  int part;
  int stdio[3];  // our ends of the pipes; -1 once closed
  int theirs[3]; // the child's
  int started[2]; // the child tells here why it cannot become the hook; execve(2) closes it
  pid_t pid;
  int status;
  int64_t begun;
  sigset_t mask;
  struct sigaction pipe_action, child_action;
  struct tail tails[2];
};

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void wake(int signal) { (void)signal; }

// SIGCHLD interrupts ppoll(2) and nothing else; a hook that does not read its state is no reason to end by SIGPIPE.
static void watch_child(struct hook *hook) {
  struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt = {.sa_handler = wake};
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGCHLD);
  sigprocmask(SIG_BLOCK, &blocked, &hook->mask);
  sigaction(SIGPIPE, &ignore, &hook->pipe_action);
  sigaction(SIGCHLD, &interrupt, &hook->child_action);
}

static void unwatch_child(const struct hook *hook) {
  sigaction(SIGPIPE, &hook->pipe_action, NULL);
  sigaction(SIGCHLD, &hook->child_action, NULL);
  sigprocmask(SIG_SETMASK, &hook->mask, NULL);
}

static int open_pipes(struct hook *hook) {
  int in[2], out[2], error[2];
  if (pipe2(in, O_CLOEXEC) < 0) return -1;
  hook->theirs[0] = in[0], hook->stdio[0] = in[1];
  if (pipe2(out, O_CLOEXEC) < 0) return -1;
  hook->stdio[1] = out[0], hook->theirs[1] = out[1];
  if (pipe2(error, O_CLOEXEC) < 0) return -1;
  hook->stdio[2] = error[0], hook->theirs[2] = error[1];
  return pipe2(hook->started, O_CLOEXEC);
}

static void close_end(int *fd) {
  close_fd(fd);
  *fd = -1;
}

static void close_pipes(struct hook *hook) {
  for (int i = 0; i < 3; i++) close_end(&hook->stdio[i]), close_end(&hook->theirs[i]);
  close_end(&hook->started[0]), close_end(&hook->started[1]);
}

// The caller may have closed 0, 1 or 2, and a pipe may have their number: all sources move up before any target is taken.
static const char *take_stdio(const struct hook *hook) {
  int sources[3];
  for (int i = 0; i < 3; i++)
    if ((sources[i] = fcntl(hook->theirs[i], F_DUPFD_CLOEXEC, 3)) < 0) return "fcntl";
  for (int i = 0; i < 3; i++)
    if (dup2(sources[i], i) < 0) return "dup2";
  // What is not the program's is close-on-exec already; where a filter refuses the call, that has to be closed by number.
  if (sys_close_range(3, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
    for (int fd = 3; fd < control_fd; fd++) close(fd);
  return NULL;
}

// In the child. A session of its own: the hook has no terminal, and all its children can be ended by their group.
_Noreturn static void become_hook(const struct context *ctx, const struct op_run_hook *op, struct hook *hook, pid_t parent) {
  // Should the container process be killed, its hook goes with it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  struct start_failure failure = {.syscall = "fcntl"};
  int started = fcntl(hook->started[1], F_DUPFD_CLOEXEC, 3);
  if (started < 0) _exit(1);
  if (setsid() < 0) failure.syscall = "setsid";
  else if (op->in_rootfs && fchdir(ctx->root) < 0) failure.syscall = "fchdir";
  else if (!(failure.syscall = take_stdio(hook))) {
    default_signals();
    execve(op->path, op->args.items, op->env.items);
    failure.syscall = "execve";
  }
  failure.error = errno;
  if (write(started, &failure, sizeof failure) < 0) _exit(1);
  _exit(127);
}

static void keep(struct tail *tail, const char *bytes, ssize_t length) {
  for (ssize_t i = 0; i < length; i++) tail->ring[tail->total++ % KEPT] = bytes[i];
}

// Reads once from a pipe that has something, or closes it at its end.
static ssize_t read_output(struct hook *hook, int stream) {
  char bytes[16384];
  ssize_t got = read(hook->stdio[stream], bytes, sizeof bytes);
  if (got > 0) keep(&hook->tails[stream - 1], bytes, got);
  else if (got == 0 || errno != EINTR) close_end(&hook->stdio[stream]);
  return got;
}

// A pipe that can be written to takes PIPE_BUF bytes without blocking (pipe(7)). EPIPE: the hook does not care.
static void write_input(struct hook *hook) {
  size_t length = strlen(hook->input[hook->part]);
  ssize_t written = write(hook->stdio[0], hook->input[hook->part], length < PIPE_BUF ? length : PIPE_BUF);
  if (written < 0 && errno == EINTR) return;
  if (written < 0) hook->part = INPUT_PARTS;
  else hook->input[hook->part] += written;
  while (hook->part < INPUT_PARTS && !*hook->input[hook->part]) hook->part++;
  if (hook->part == INPUT_PARTS) close_end(&hook->stdio[0]);
}

// Waits for the pipes or for SIGCHLD, at most until the deadline (none: -1), and serves what is ready.
static int serve(struct hook *hook, int64_t left) {
  struct pollfd fds[3];
  for (int i = 0; i < 3; i++) fds[i] = (struct pollfd){.fd = hook->stdio[i], .events = i ? POLLIN : POLLOUT};
  struct timespec limit = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
  int ready = ppoll(fds, 3, left < 0 ? NULL : &limit, &hook->mask);
  if (ready <= 0) return ready < 0 && errno != EINTR ? -1 : 0;
  if (fds[0].revents) write_input(hook);
  for (int i = 1; i < 3; i++)
    if (fds[i].revents) read_output(hook, i);
  return ready;
}

// 0 when the hook has ended, 1 when its time ran out first, -1 and errno.
static int attend(struct hook *hook, uint64_t seconds) {
  for (;;) {
    pid_t got = wait4(hook->pid, &hook->status, WNOHANG, NULL);
    if (got != 0) return got < 0 ? -1 : 0;
    int64_t left = seconds ? hook->begun + (int64_t)seconds * 1000000000 - now() : -1;
    if (seconds && left <= 0) return 1;
    if (serve(hook, left) < 0) return -1;
  }
}

static void end_group(struct hook *hook) {
  kill(-hook->pid, SIGKILL);
  // The child may not have come as far as to lead a group.
  kill(hook->pid, SIGKILL);
  while (wait4(hook->pid, &hook->status, 0, NULL) < 0 && errno == EINTR) continue;
}

static void read_rest(struct hook *hook) {
  for (int stream = 1; stream < 3; stream++) {
    struct pollfd fd = {.fd = hook->stdio[stream], .events = POLLIN};
    for (ssize_t bytes = 0, got; bytes < MOST_LEFT && poll(&fd, 1, 0) > 0; bytes += got)
      if ((got = read_output(hook, stream)) <= 0) break;
  }
}

// The end of what a stream said, oldest bytes first, in messages that fit.
static void send_output(const struct context *ctx, const struct tail *tail, int stream) {
  struct message message = {.type = MESSAGE_OUTPUT, .step = current_step(), .value = stream, .error = tail->total > KEPT};
  for (uint64_t at = tail->total > KEPT ? tail->total - KEPT : 0; at < tail->total;) {
    message.detail_length = 0;
    while (at < tail->total && message.detail_length < sizeof message.detail)
      message.detail[message.detail_length++] = tail->ring[at++ % KEPT];
    send_message(ctx->report, &message);
  }
}

// Goes before the failure of the step.
static void send_hook_failed(const struct context *ctx, const struct op_run_hook *op, const struct hook *hook) {
  for (int stream = 1; stream < 3; stream++) send_output(ctx, &hook->tails[stream - 1], stream);
  struct message message = {
      .type = MESSAGE_HOOK_FAILED, .step = current_step(), .value = now() - hook->begun, .error = hook->status};
  size_t length = strlen(op->label);
  message.detail_length = (uint32_t)(length < sizeof message.detail ? length : sizeof message.detail);
  memcpy(message.detail, op->label, message.detail_length);
  send_message(ctx->report, &message);
}

// ECANCELED and ETIMEDOUT stand for a hook that failed by itself and one that ran out of time.
static int judge(struct context *ctx, const struct op_run_hook *op, const struct hook *hook, int attended) {
  struct start_failure failure;
  if (attended < 0) return fail(ctx, "ppoll", op->path);
  errno = ETIMEDOUT;
  if (attended > 0) return fail(ctx, "wait4", op->path);
  if (read(hook->started[0], &failure, sizeof failure) == sizeof failure) {
    errno = failure.error;
    return fail(ctx, failure.syscall, op->path);
  }
  errno = ECANCELED;
  return hook->status == 0 ? 0 : fail(ctx, "wait4", op->path);
}

static int run_hook(struct context *ctx, const struct op_run_hook *op, struct hook *hook) {
  pid_t parent = getpid();
  if (open_pipes(hook) < 0) return fail(ctx, "pipe2", op->path);
  hook->begun = now();
  hook->pid = fork();
  if (hook->pid < 0) return fail(ctx, "fork", op->path);
  if (hook->pid == 0) become_hook(ctx, op, hook, parent);
  for (int i = 0; i < 3; i++) close_end(&hook->theirs[i]);
  close_end(&hook->started[1]);
  int attended = attend(hook, op->timeout);
  if (attended != 0) end_group(hook);
  read_rest(hook);
  // The first process of a pid namespace has adopted what the hook left behind; whoever has ended already is reaped.
  while (wait4(-1, NULL, WNOHANG, NULL) > 0) continue;
  return judge(ctx, op, hook, attended);
}

// CVE-2024-21626: the hook is a program of the image, and with CAP_SYS_PTRACE it could reach what this process holds
// for the setup, such as the null device of the host or the user namespace of mapped ids.
static void close_held(struct context *ctx) {
  ctx->root = ctx->rootfs_under = ctx->proc = ctx->null_tree = ctx->null_mask = ctx->empty_mask = -1;
  close_all_but(ctx->report);
}

// setup (in the host's tree, with all privileges) or started (as the program will run: user, capabilities, filter).
// The state goes to its stdin, the pid in it as this pid namespace has it. Not waited for: what the hook leaves running.
int op_run_hook(struct context *ctx, const struct op_run_hook *op) {
  char pid[21];
  struct hook hook = {.stdio = {-1, -1, -1}, .theirs = {-1, -1, -1}, .started = {-1, -1}};
  hook.input[0] = op->state_head;
  hook.input[1] = decimal(pid, (uint64_t)getpid());
  hook.input[2] = op->state_tail;
  if (!op->in_rootfs) close_held(ctx);
  watch_child(&hook);
  int result = run_hook(ctx, op, &hook);
  unwatch_child(&hook);
  if (result < 0) send_hook_failed(ctx, op, &hook);
  close_pipes(&hook);
  return result;
}
