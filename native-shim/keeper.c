// SPDX-License-Identifier: Apache-2.0
// The host-side half. It clones the container process as a sibling (CLONE_PARENT), does for it what only the host
// may do, and goes: nothing but the container's own process stays.
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control.h"
#include "interpret.h"
#include "kernel.h"

static int hand_over(int fd) {
  char word = 1;
  return send(fd, &word, 1, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

static int take_over(int fd) {
  char word;
  ssize_t got;
  do got = recv(fd, &word, 1, 0);
  while (got < 0 && errno == EINTR);
  return got == 1 ? 0 : -1;
}

static int clone_into(uint64_t flags, int cgroup) {
  struct clone_args args = {.flags = flags | CLONE_PARENT};
  if (cgroup >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = (__u64)cgroup;
  }
  return sys_clone3(&args);
}

// keeper, host. ENOSPC and EINVAL speak of namespaces, EAGAIN of process limits, EBUSY or EOPNOTSUPP of the cgroup.
int op_clone_init(struct context *ctx, const struct op_clone_init *op) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) return fail(ctx, "socketpair", "");
  int pid = clone_into(op->flags, op->cgroup);
  if (pid < 0) return fail(ctx, "clone3", "");
  ctx->is_init = pid == 0;
  ctx->handoff = pair[ctx->is_init];
  close(pair[!ctx->is_init]);
  if (op->cgroup >= 0) close(op->cgroup);
  if (ctx->is_init && ctx->overseer) close(ctx->overseer_socket);
  if (ctx->is_init) container_init(ctx);
  ctx->init = pid;
  struct message born = {.type = MESSAGE_BORN, .step = current_step(), .value = pid};
  return send_message(control_fd, &born) < 0 ? fail(ctx, "send", "the runtime went away") : 0;
}

// What stays on the host: learns the pid of the process once there is one, and ends with the keeper otherwise.
static void oversee_from_host(struct context *ctx, int socket) {
  pid_t process;
  if (recv(socket, &process, sizeof process, 0) != sizeof process) _exit(1);
  ctx->init = process;
  _exit(run_phase(ctx, PHASE_OVERSEE) < 0);
}

// keeper, host, before it joins a user namespace. The child fails with the message of its own step.
int op_leave_overseer(struct context *ctx, const struct op_leave_overseer *op) {
  (void)op;
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) return fail(ctx, "socketpair", "");
  pid_t pid = fork();
  if (pid < 0) return fail(ctx, "fork", "");
  if (pid == 0) {
    close(pair[0]);
    oversee_from_host(ctx, pair[1]);
  }
  close(pair[1]);
  ctx->overseer = pid;
  ctx->overseer_socket = pair[0];
  return 0;
}

// Its end of the conversation is closed by then, however it ended.
static int reap_overseer(struct context *ctx) {
  int status = 1;
  close(ctx->overseer_socket);
  while (waitpid(ctx->overseer, &status, 0) < 0 && errno == EINTR) continue;
  ctx->overseer = 0;
  return status == 0 ? 0 : -1;
}

static int oversee(struct context *ctx) {
  if (!ctx->overseer) return run_phase(ctx, PHASE_OVERSEE);
  ssize_t sent = send(ctx->overseer_socket, &ctx->init, sizeof ctx->init, MSG_NOSIGNAL);
  return reap_overseer(ctx) < 0 || sent < 0 ? -1 : 0;
}

static int attend(struct context *ctx) {
  if (run_phase(ctx, PHASE_ATTEND) < 0 || hand_over(ctx->handoff) < 0) return -1;
  if (!phase_has_steps(ctx, PHASE_OVERSEE)) return 0;
  // End of file here means that the container process failed and has said so itself.
  if (take_over(ctx->handoff) < 0) return -1;
  return oversee(ctx) < 0 ? -1 : hand_over(ctx->handoff);
}

int keeper(struct context *ctx) {
  bool is_well = run_phase(ctx, PHASE_KEEPER) == 0 && ctx->init != 0 && attend(ctx) == 0;
  if (!is_well && ctx->init) kill(ctx->init, SIGKILL);
  if (ctx->overseer) reap_overseer(ctx);
  return is_well ? 0 : 1;
}

static void end_init(void) { _exit(1); }

_Noreturn void container_init(struct context *ctx) {
  prctl(PR_SET_NAME, "runts:init");
  // The runtime is this process's parent (CLONE_PARENT): should it be killed half-way, nothing stays behind.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (take_over(ctx->handoff) < 0) end_init();
  if (run_phase(ctx, PHASE_BORN) < 0 || run_phase(ctx, PHASE_SETUP) < 0) end_init();
  if (run_phase(ctx, PHASE_INSIDE) < 0) end_init();
  if (phase_has_steps(ctx, PHASE_OVERSEE) && (hand_over(ctx->handoff) < 0 || take_over(ctx->handoff) < 0)) end_init();
  close(ctx->handoff);
  if (run_phase(ctx, PHASE_SEAL) < 0) end_init();
  run_phase(ctx, PHASE_STARTED);
  end_init();
  __builtin_unreachable();
}
