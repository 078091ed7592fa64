// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "control.h"
#include "kernel.h"
#include "path.h"

#define DEVPTS_MAGIC 0x1cd1
#define DEVPTS "/dev/pts"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41) // Linux 4.13
#endif

static bool is_devpts(int fd) {
  struct statfs fs;
  return fstatfs(fd, &fs) == 0 && (uint64_t)fs.f_type == DEVPTS_MAGIC;
}

// CVE-2025-52565: the image may have put anything where the devpts should be. No link is followed on the way, nothing is
// opened but a name below a verified devpts, and no mount on that name is crossed.
static int open_ptmx(struct context *ctx) {
  autoclose int devpts = path_open_directly(ctx, DEVPTS);
  if (devpts < 0) return -1;
  errno = ENXIO;
  if (!is_devpts(devpts)) return fail(ctx, "fstatfs", "no devpts is mounted on " DEVPTS);
  struct open_how how = {.flags = O_RDWR | O_NOCTTY | O_CLOEXEC,
                         .resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS};
  int ptmx = sys_openat2(devpts, "ptmx", &how);
  if (ptmx < 0) return fail(ctx, "openat2", DEVPTS "/ptmx");
  struct stat st;
  if (fstat(ptmx, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(5, 2) && is_devpts(ptmx)) return ptmx;
  close(ptmx);
  errno = ENXIO;
  return fail(ctx, "fstat", DEVPTS "/ptmx is not the ptmx of a devpts");
}

// inside or seal, the container's mount namespace. ENOENT, ENXIO: the root has no devpts · EPERM: the device rules of the
// cgroup do not allow terminals · ENOSPC: kernel.pty.max, or max= of the devpts, is reached. The slave is asked of its
// master, never opened by a name.
int op_open_terminal(struct context *ctx, const struct op_open_terminal *op) {
  ctx->terminal = open_ptmx(ctx);
  if (ctx->terminal < 0) return -1;
  int unlocked = 0;
  if (ioctl(ctx->terminal, TIOCSPTLCK, &unlocked) < 0) return fail(ctx, "ioctl", "TIOCSPTLCK");
  ctx->slave = ioctl(ctx->terminal, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (ctx->slave < 0) return fail(ctx, "ioctl", "TIOCGPTPEER");
  return fchown(ctx->slave, op->uid, (gid_t)-1) < 0 ? fail(ctx, "fchown", "the terminal") : 0;
}

// inside or seal. Cannot fail on a terminal.
int op_set_window_size(struct context *ctx, const struct op_set_window_size *op) {
  struct winsize size = {.ws_row = (unsigned short)op->height, .ws_col = (unsigned short)op->width};
  return ioctl(ctx->terminal, TIOCSWINSZ, &size) < 0 ? fail(ctx, "ioctl", "TIOCSWINSZ") : 0;
}

// inside. What is attached is the slave that is open, whatever has happened to its name. ELOOP: the target is a link of
// the image.
int op_bind_console(struct context *ctx, const struct op_bind_console *op) {
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH;
  autoclose int tree = sys_open_tree(ctx->slave, "", flags);
  if (tree < 0) return fail(ctx, "open_tree", "the terminal");
  autoclose int target = path_make_file(ctx, op->target);
  if (target < 0 || path_refuse_link_to_proc(ctx, target, op->target) < 0) return -1;
  return path_attach(ctx, tree, target, op->target);
}

// inside or seal, in a session that has no terminal yet. EPERM: this process leads no session.
int op_enter_terminal(struct context *ctx, const struct op_enter_terminal *op) {
  (void)op;
  for (int fd = 0; fd < 3; fd++)
    if (dup2(ctx->slave, fd) < 0) return fail(ctx, "dup2", "the terminal");
  close_fd(&ctx->slave);
  ctx->slave = -1;
  return ioctl(0, TIOCSCTTY, 0) < 0 ? fail(ctx, "ioctl", "TIOCSCTTY") : 0;
}

// Nothing of the caller's is held but the terminal: neither the pipes that are its other standard streams, nor a directory.
static int hold_terminal_alone(void) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  prctl(PR_SET_NAME, "runts:guard");
  for (int fd = 0; fd < 3; fd++) close(fd);
  return chdir("/");
}

// A driver may have settled the control modes in its own way (termios(3)), and they are not what makes a terminal unusable.
static bool has_modes(int terminal, struct terminal_modes expected) {
  struct terminal_modes now;
  if (ioctl(terminal, TCGETS, &now) < 0) return false;
  expected.control = now.control;
  return memcmp(&now, &expected, sizeof now) == 0;
}

// keeper, host, the only step of its plan, in a session of its own: there, changing a terminal stops nobody (SIGTTOU), and
// what ends the process group of the runtime does not end this. A runtime that ends well kills it. What others have changed
// since, such as a shell with a prompt of its own, stays; so does a terminal that hung up (EIO).
int op_guard_terminal(struct context *ctx, const struct op_guard_terminal *op) {
  struct terminal_modes changed, saved;
  errno = EINVAL;
  if (op->changed.length != sizeof changed || op->saved.length != sizeof saved) return fail(ctx, "ioctl", "TCSETS");
  memcpy(&changed, op->changed.at, sizeof changed);
  memcpy(&saved, op->saved.at, sizeof saved);
  if (hold_terminal_alone() < 0) return fail(ctx, "chdir", "/");
  char word;
  ssize_t got;
  do got = read(control_fd, &word, 1);
  while (got > 0 || (got < 0 && errno == EINTR));
  if (has_modes(op->terminal, changed)) ioctl(op->terminal, TCSETS, &saved);
  return 0;
}
