// SPDX-License-Identifier: Apache-2.0
// What every part of the shim shares: the context a verb works in, and how a verb says that it failed.
#ifndef RUNTS_SHIM_H
#define RUNTS_SHIM_H
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "generated/ops.h"
#include "plan.h"

// Descriptors below control_fd are the program's: stdio, and what the caller passes on to it. The plan and the slots
// follow (src/plan/number-slots.ts).
enum { LOWEST_CONTROL_FD = 3 };
extern int control_fd;

struct failure {
  int error;           // errno
  const char *syscall; // its man page name, such as "move_mount"
  char detail[512];    // path, option or kernel message; may be empty
};

struct context {
  struct plan plan;
  int report;      // where failures go: the control socket, later the connection of `start`
  int root;        // O_PATH descriptor of the container's root, -1 before bind_rootfs (host tree then)
  int rootfs_under; // O_PATH descriptor of the directory that bind_rootfs covered, -1 before
  int proc;        // private procfs, opened when first needed, -1 before
  int null_tree;   // the host's /dev/null as a detached mount, taken by bind_rootfs; -1 where it is no null device
  int null_mask;   // the first mask over a file and over a directory, cloned for every other one; -1 before
  int empty_mask;
  const char *mask_option; // one more mount option of masks over directories, or NULL
  pid_t init;      // in the keeper: the container process as the host sees it
  int handoff;     // socket between keeper and the container process
  pid_t overseer;  // in the keeper: its child on the host, 0 where it oversees the process itself
  int overseer_socket;
  bool is_init;    // true in the container process
  struct failure failure;
  bool in_directory; // change_directory succeeded
  bool outlives_runtime; // no parent death signal any more
  bool ready_to_exec; // signals and descriptors are as execve(2) should find them
  int terminal;    // the master between open_terminal and the sync that hands it over, -1 otherwise
  int slave;       // its slave between open_terminal and enter_terminal, -1 otherwise
  int listener;    // the seccomp listener between load_seccomp and the sync that hands it over, -1 otherwise
  char executable[PATH_MAX]; // what find_executable found
  char home[PATH_MAX];       // "HOME=…" as find_home found it, "" before
};

// Records errno and the detail (parts joined, cut at the buffer's end), and returns -1.
int fail(struct context *ctx, const char *syscall, const char *detail);
int fail2(struct context *ctx, const char *syscall, const char *detail, const char *more);

// Takes the parent death signal away, once: a filter may forbid the second time. -1 when it is forbidden already.
int outlive_runtime(struct context *ctx);

// For `__attribute__((cleanup(close_fd)))`: closes a descriptor that is not negative, keeping errno.
void close_fd(int *fd);
#define autoclose __attribute__((cleanup(close_fd)))

// Writes a whole short text with one write(2), as procfs and cgroupfs files want it; -1 and errno on failure.
int write_text(int fd, const char *text);
// Decimal digits of a value into a buffer of at least 21 bytes; returns the buffer.
char *decimal(char *buffer, uint64_t value);
#endif
