// SPDX-License-Identifier: Apache-2.0
#include "interpret.h"

#include <errno.h>
#include <sys/prctl.h>
#include <time.h>

#include "control.h"

static uint32_t running;

uint32_t current_step(void) { return running; }

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

// A forgiven failure is passed over in silence, or told as a warning where the step says so.
static bool tolerated(struct context *ctx, const struct record *record) {
  if (!(record->flags & STEP_TOLERATE)) return false;
  const int *error = record->row->tolerates;
  while (*error && *error != ctx->failure.error) error++;
  if (*error && record->flags & STEP_TELL) send_failure(ctx, MESSAGE_FORGIVEN, running);
  return *error != 0;
}

static int run_step(struct context *ctx, const struct record *record) {
  union any_op op;
  if (plan_decode(&ctx->plan, record, &op) < 0) {
    errno = EBADMSG;
    return fail(ctx, "plan", "the fields of this step are damaged");
  }
  // A time namespace changes the monotonic clock between two readings, so such a step shows no sensible duration.
  int64_t begun = ctx->plan.flags & PLAN_TRACE ? now() : 0;
  if (record->row->run(ctx, &op) < 0 && !tolerated(ctx, record)) return -1;
  if (begun && in_conversation()) {
    struct message trace = {.type = MESSAGE_TRACE, .step = running, .value = now() - begun};
    send_message(control_fd, &trace);
  }
  return 0;
}

int run_phase(struct context *ctx, enum phase phase) {
  struct record record;
  size_t at = 0;
  int more;
  for (uint32_t step = 0; (more = plan_next(&ctx->plan, &at, &record)) > 0; step++) {
    if (record.phase != phase) continue;
    running = step;
    if (run_step(ctx, &record) == 0) continue;
    send_failure(ctx, MESSAGE_FAILED, step);
    return -1;
  }
  return more;
}

bool phase_has_steps(const struct context *ctx, enum phase phase) {
  struct record record;
  size_t at = 0;
  while (plan_next(&ctx->plan, &at, &record) > 0)
    if (record.phase == phase) return true;
  return false;
}

int outlive_runtime(struct context *ctx) {
  if (!ctx->outlives_runtime && prctl(PR_SET_PDEATHSIG, 0) < 0) return fail(ctx, "prctl", "PR_SET_PDEATHSIG");
  ctx->outlives_runtime = true;
  return 0;
}

// setup, inside, seal. Waiting is safe without a parent death signal: the end of the runtime ends the conversation.
int op_sync(struct context *ctx, const struct op_sync *op) {
  // The container stays when the runtime goes. Too late after this point: nobody would hear that a filter forbids it.
  if (op->point == SYNC_READY && outlive_runtime(ctx) < 0) return -1;
  const int terminal[2] = {ctx->terminal, ctx->slave};
  if (await_runtime(running, op->point, ctx->listener, op->point == SYNC_TERMINAL ? terminal : NULL) < 0) {
    errno = ECONNRESET;
    return fail(ctx, "read", "the runtime went away");
  }
  int *handed = op->point == SYNC_TERMINAL ? &ctx->terminal : &ctx->listener;
  close_fd(handed);
  *handed = -1;
  return 0;
}
