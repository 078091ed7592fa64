// SPDX-License-Identifier: Apache-2.0
// The shim: reads a sealed launch plan from the descriptor behind its conversation's and carries it out. It decides nothing.
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "control.h"
#include "interpret.h"
#include "kernel.h"

static struct context context = {
    .report = -1, .root = -1, .rootfs_under = -1, .proc = -1, .null_tree = -1, .null_mask = -1, .empty_mask = -1, .handoff = -1, .terminal = -1, .slave = -1, .listener = -1};

static int refuse(enum message_type type, const char *detail) {
  struct message message = {.type = type, .detail_length = (uint32_t)strlen(detail)};
  memcpy(message.detail, detail, message.detail_length);
  send_message(control_fd, &message);
  return 1;
}

// Without an argument nothing but stdio is passed on. Decimal digits; anything else is no call of the runtime's.
static int read_control_fd(const char *digits) {
  int number = 0;
  while (*digits >= '0' && *digits <= '9' && number < (1 << 20)) number = number * 10 + *digits++ - '0';
  return *digits || number < LOWEST_CONTROL_FD ? -1 : number;
}

int main(int argc, char **argv) {
  // CVE-2016-9962: until execve nobody in a joined pid namespace may attach to this process or open its descriptors.
  prctl(PR_SET_DUMPABLE, 0);
  prctl(PR_SET_NAME, "runts:keeper");
  // The runtime blocks some signals and its engine ignores others, and execve(2) keeps both.
  default_signals();
  signal(SIGPIPE, SIG_IGN);
  if (argc > 1 && (control_fd = read_control_fd(argv[1])) < 0) return 1;
  context.report = control_fd;
  if (plan_open(&context.plan, control_fd + 1) < 0) return refuse(MESSAGE_MISMATCH, "the plan is damaged");
  if (context.plan.hash != OP_TABLE_HASH) return refuse(MESSAGE_MISMATCH, "the plan comes from another op table");
  // CVE-2024-21626: whatever the caller of the runtime had open and did not mean to give away ends here.
  sys_close_range(context.plan.next_fd, ~0u, 0);
  close(control_fd + 1);
  sys_close_range((unsigned)control_fd, ~0u, CLOSE_RANGE_CLOEXEC);
  return keeper(&context);
}
