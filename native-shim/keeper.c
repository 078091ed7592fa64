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
  if (ctx->is_init) container_init(ctx);
  ctx->init = pid;
  struct message born = {.type = MESSAGE_BORN, .step = current_step(), .value = pid};
  return send_message(CONTROL_FD, &born) < 0 ? fail(ctx, "send", "the runtime went away") : 0;
}

static int attend(struct context *ctx) {
  if (run_phase(ctx, PHASE_ATTEND) < 0 || hand_over(ctx->handoff) < 0) return -1;
  if (!phase_has_steps(ctx, PHASE_OVERSEE)) return 0;
  // End of file here means that the container process failed and has said so itself.
  if (take_over(ctx->handoff) < 0) return -1;
  return run_phase(ctx, PHASE_OVERSEE) < 0 ? -1 : hand_over(ctx->handoff);
}

int keeper(struct context *ctx) {
  if (run_phase(ctx, PHASE_KEEPER) < 0) return 1;
  if (ctx->init == 0) return 1;
  if (attend(ctx) == 0) return 0;
  kill(ctx->init, SIGKILL);
  return 1;
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
