// SPDX-License-Identifier: Apache-2.0
// Into a container that runs. Whatever lies in its mount namespace may be a trap, and its root may be watching: what is
// needed of the host is held before, and let go of before the first path of the container is looked at.
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>

#include "interpret.h"
#include "kernel.h"
#include "path.h"

// keeper, host. ESRCH: the process has ended. With no namespace to enter there is nothing but that to find out.
// All at once: the kernel checks every right before it changes anything, whichever user namespace owns what, and a pid
// cannot have been given to another process meanwhile (Linux 5.8).
int op_join_process(struct context *ctx, const struct op_join_process *op) {
  if (op->flags == 0) {
    if (syscall(SYS_pidfd_send_signal, op->pidfd, 0, NULL, 0) < 0) return fail(ctx, "pidfd_send_signal", "");
  } else if (setns(op->pidfd, (int)op->flags) < 0) return fail(ctx, "setns", "");
  // A change of user namespace gives this flag the value of fs.suid_dumpable (prctl(2)).
  prctl(PR_SET_DUMPABLE, 0);
  close(op->pidfd);
  return 0;
}

// keeper, host. ENOENT: the process has ended. The link leads to the root directory itself, whatever its name is now.
int op_open_process_root(struct context *ctx, const struct op_open_process_root *op) {
  char path[64] = "/proc/", digits[21];
  strcat(strcat(path, decimal(digits, op->pid)), "/root");
  int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return fd < 0 ? fail(ctx, "open", path) : move_to_slot(ctx, fd, op->slot);
}

// keeper. The host's /proc is what the runtime itself relies on; one of our own would take longer.
int op_hold_proc(struct context *ctx, const struct op_hold_proc *op) {
  (void)op;
  int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fail(ctx, "open", "/proc");
  errno = EXDEV;
  if (!path_is_procfs(fd)) return fail(ctx, "fstatfs", "/proc is not procfs");
  ctx->proc = fd;
  return 0;
}
