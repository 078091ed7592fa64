// SPDX-License-Identifier: Apache-2.0
// The shim: reads a sealed launch plan from descriptor 4 and carries it out. It decides nothing.
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "control.h"
#include "interpret.h"
#include "kernel.h"

static struct context context = {
    .report = CONTROL_FD, .root = -1, .rootfs_under = -1, .proc = -1, .null_tree = -1, .null_mask = -1, .empty_mask = -1, .handoff = -1, .terminal = -1, .slave = -1, .listener = -1};

static int refuse(enum message_type type, const char *detail) {
  struct message message = {.type = type, .detail_length = (uint32_t)strlen(detail)};
  memcpy(message.detail, detail, message.detail_length);
  send_message(CONTROL_FD, &message);
  return 1;
}

int main(void) {
  // CVE-2016-9962: until execve nobody in a joined pid namespace may attach to this process or open its descriptors.
  prctl(PR_SET_DUMPABLE, 0);
  prctl(PR_SET_NAME, "runts:keeper");
  signal(SIGPIPE, SIG_IGN);
  if (plan_open(&context.plan, PLAN_FD) < 0) return refuse(MESSAGE_MISMATCH, "the plan is damaged");
  if (context.plan.hash != OP_TABLE_HASH) return refuse(MESSAGE_MISMATCH, "the plan comes from another op table");
  // CVE-2024-21626: whatever the caller of the runtime had open and did not mean to give away ends here.
  sys_close_range(context.plan.next_fd, ~0u, 0);
  close(PLAN_FD);
  sys_close_range(CONTROL_FD, ~0u, CLOSE_RANGE_CLOEXEC);
  return keeper(&context);
}
